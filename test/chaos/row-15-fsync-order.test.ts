/**
 * SIGKILL never tests fsync: what was written survives it. So peer and proxies run under strace, and what an acceptance (202)
 * or an acknowledgement promises must be in the log, and the log synced after that, before the answer goes to its socket.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { count, report } from './report.ts'
import { idsIn, judge, stopTraced, traced } from './system-calls.ts'
import { converged } from './waiting.ts'

const MESSAGES = count({ full: 100, small: 20 })

/** What an answer of 202 names is accepted. */
const accepted = (answer: string): string[] => (answer.includes('"HTTP/1.1 202 ') ? idsIn(answer) : [])

test('every acceptance and every acknowledgement leaves after the log was synced behind its commit', async () => {
  await using fleet = await Fleet.open({ config: persons('behrooz', 'alice') })
  const file = (name: string) => join(fleet.data, `${name}.strace`)
  await fleet.start('controller')
  const names = ['peer behrooz', 'proxy behrooz', 'proxy alice']
  const stopAll = () => Promise.all(names.map(name => stopTraced(fleet.life(name))))
  await using _traced = { [Symbol.asyncDispose]: async () => void (await stopAll()) }
  await Promise.all([
    fleet.start('proxy', 'behrooz', { under: traced(file('proxy behrooz')) }),
    fleet.start('proxy', 'alice', { under: traced(file('proxy alice')) }),
    fleet.start('peer', 'behrooz', { under: traced(file('peer behrooz')) }),
    fleet.start('peer', 'alice'),
  ])
  await converged(fleet.controller, 'behrooz')
  using behrooz = await PeerClient.connect(fleet.peer(0))
  using alice = await PeerClient.connect(fleet.peer(1))
  await behrooz.sees('alice', { online: true })
  const send = (n: number) => behrooz.send('alice', `message ${n}`)
  // Half of them one at a time, half together, since a commit may serve many.
  const ids: string[] = []
  for (let n = 0; n < MESSAGES / 2; n += 1) ids.push(await send(n))
  ids.push(...(await Promise.all(Array.from({ length: MESSAGES / 2 }, (_, n) => send(MESSAGES + n)))))
  for (const id of ids) await alice.message(message => message.id === id)
  await behrooz.state(ids.at(-1) ?? '', 'received')
  const inOrder = alice.heard.flatMap(event => (event.name === 'message' ? [event.data.id] : []))

  await stopAll()
  const read = (process: string) => readFileSync(file(process), 'utf8')
  /** An acknowledgement is cumulative; nobody else wrote to alice, so that the numbers are the places in her history. */
  const acknowledged = (answer: string) => inOrder.slice(0, Number(/\\"acknowledged\\":(\d+)/.exec(answer)?.[1] ?? 0))
  const verdicts = [
    judge(read('peer behrooz'), { log: '/peer.db-wal', promises: accepted }),
    judge(read('proxy behrooz'), { log: '/proxy.db-wal', promises: accepted }),
    judge(read('proxy alice'), { log: '/proxy.db-wal', promises: acknowledged }),
  ]
  expect(verdicts.map(({ early }) => early)).toEqual([[], [], []])
  for (const { promised } of verdicts) expect(promised.sort()).toEqual([...ids].sort())
  report({
    row: 15,
    fault: 'every promise traced to its fsync (strace)',
    injected: MESSAGES * 3,
    hit: verdicts.reduce((sum, { promised }) => sum + promised.length, 0),
    messages: MESSAGES,
    held: '0 acceptances, hand-overs or acknowledgements before the log was synced',
  })
})
