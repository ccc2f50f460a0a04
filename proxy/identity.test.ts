import { join } from 'node:path'
import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { openMemoryProxy, peersNamed, postJson } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { migrations } from './migrations.ts'

async function alice(folder = scratchFolder()) {
  const network = new MemoryNetwork()
  network.fault = () => 'lost'
  const open = () => openMemoryProxy({ name: 'alice', folder, network, endpoints: peersNamed('bob') })
  const proxy = await open()
  const placement = async (message: string) =>
    (await proxy.carrier.submit(sampleSubmission({ message, id: IDS[message] ?? '' }))).placement
  return { folder, open, placement, proxy }
}
const IDS: Record<string, string> = {
  one: '01a20092-b6be-7594-ac81-2644b107227d',
  two: '01a20092-b6be-7594-ac81-2644b107227e',
}

test('identity stays over starts, and a store that was put back takes another one and other streams', async () => {
  const { folder, open, placement, proxy } = await alice()
  const before = await placement('one')
  const name = proxy.identity.id
  await proxy.close()
  const again = await open()
  expect(again.identity.id).toBe(name)
  expect(again.destinations.find('bob')?.stream).toBe(before?.stream)
  await again.close()
  const file = openStore({ path: join(folder, 'alice.db'), migrations })
  await file.write(() => file.run("DELETE FROM setting WHERE name = 'store'"))
  file.close()
  const restored = await open()
  expect(restored.identity.id).not.toBe(name)
  const stream = restored.destinations.find('bob')
  expect(stream?.stream).not.toBe(before?.stream)
  expect(stream).toMatchObject({ begin: 1, next: 2, acknowledged: 0 })
  const handedAgain = await restored.carrier.submit(sampleSubmission({ message: 'one', id: IDS['one'] ?? '' }))
  expect(handedAgain.placement).toEqual({ stream: stream?.stream, sequence: 1 })
})

test('identity changes when the own peer has events that this store never had', async () => {
  const { proxy } = await alice()
  const name = proxy.identity.id
  await proxy.app.request('/attach', postJson({ reader: uuidv4(), store: name, after: 1 }))
  expect(proxy.identity.id).not.toBe(name)
})

test('messages meant for another disk are refused, and none of them is taken', async () => {
  const { proxy } = await alice()
  const body = { store: IDS['two'], messages: [sampleSubmission({})] }
  const refused = await proxy.app.request('/messages/batch', postJson(body))
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ error: { code: 'other_store' } })
  expect(proxy.outbox.waiting()).toBe(0)
  const taken = await proxy.app.request('/messages/batch', postJson({ ...body, store: proxy.identity.id }))
  expect(taken.status).toBe(202)
})
