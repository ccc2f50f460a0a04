/** A proxy that lost its disk, on either side: what was accepted arrives once and in order, or is said to be lost. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let fleet: Fleet
let behrooz: PeerClient

beforeAll(async () => {
  fleet = await Fleet.open({ config: persons('behrooz', 'bob') })
  await fleet.startAll('behrooz', 'bob')
  behrooz = await PeerClient.connect(fleet.peer(0))
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  await fleet[Symbol.asyncDispose]()
})

async function loseStore(name: string): Promise<void> {
  await fleet.life(`proxy ${name}`).kill()
  for (const end of ['', '-wal', '-shm']) rmSync(join(fleet.data, name, `proxy.db${end}`), { force: true })
  await fleet.start('proxy', name)
}

async function shownAtBob(): Promise<string[]> {
  const answer = await call('GET', `${fleet.peer(1)}/api/conversations/behrooz/messages`)
  return JSON.parse(JSON.stringify(answer.body)).messages.map(({ message }: { message: string }) => message)
}

test('what the own proxy lost is handed over again, and is shown once and in order', async () => {
  await fleet.life('peer bob').kill()
  const ids: string[] = []
  for (const text of ['one', 'two', 'three']) ids.push(await behrooz.send('bob', text))
  await behrooz.state(ids[2] ?? '', 'delivered')
  await loseStore('behrooz')
  ids.push(await behrooz.send('bob', 'four'))
  await fleet.start('peer', 'bob')
  for (const id of ids) await behrooz.state(id, 'received')
  expect(await shownAtBob()).toEqual(['one', 'two', 'three', 'four'])
})

test('what the recipient’s proxy lost is failed with the reason, and can be sent again', async () => {
  await fleet.life('peer bob').kill()
  const lost = await behrooz.send('bob', 'five')
  await behrooz.state(lost, 'delivered')
  await loseStore('bob')
  const next = await behrooz.send('bob', 'six')
  const failed = await behrooz.state(lost, 'failed')
  expect(failed.data).toMatchObject({ reason: "bob's proxy lost it before bob received it." })
  await fleet.start('peer', 'bob')
  await behrooz.state(next, 'received')
  expect((await call('POST', `${fleet.peer(0)}/api/messages/${lost}/retry`)).status).toBe(202)
  await behrooz.state(lost, 'received')
  expect(await shownAtBob()).toEqual(['one', 'two', 'three', 'four', 'six', 'five'])
})
