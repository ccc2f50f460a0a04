/** Row 6: a recipient that was away finds everything, soon, in order, and marked as what it is. */
import { expect, test } from 'vitest'
import { PeerClient } from '../harness/peer-client.ts'
import { arrived, sentTo, shownFrom } from './conversation.ts'
import { count, isFull, report } from './report.ts'
import { Stage } from './stage.ts'
import { sentBy } from './verdict.ts'

/** Promised on a quiet machine, in milliseconds; the small run may share its cores with others. */
const DRAINED_MS = isFull ? 10_000 : 60_000

test.each([
  { who: 'peer', title: 'peer bob' },
  { who: 'proxy', title: 'proxy bob' },
] as const)(
  'what waited while the $who of the recipient was away arrives in order, marked as stored, with the time it was sent',
  async ({ who, title }) => {
    await using stage = await Stage.open(['alice', 'bob'])
    using alice = await PeerClient.connect(stage.peer('alice'))
    await alice.sees('bob', { online: true })
    await stage.fleet.life(title).kill()
    // An idle line would notice it only when it next asks.
    const first = stage.load('alice', 'bob', { senders: 1, messages: 1 })
    await alice.sees('bob', { online: false })

    await first.done()
    const load = stage.load('alice', 'bob', { senders: 10, messages: count({ full: 999, small: 149 }) })
    await load.done()
    const waiting = await sentTo(stage.peer('alice'), 'bob')
    expect(waiting.filter(({ state }) => state === 'received' || state === 'read')).toEqual([])

    const back = performance.now()
    await stage.fleet.start(who, 'bob')
    await arrived(stage.peer('alice'), 'bob', DRAINED_MS)
    const seconds = (performance.now() - back) / 1000

    const held = await stage.verdict()
    const shown = await shownFrom(stage.peer('bob'), 'alice')
    expect(shown.filter(({ stored }) => stored !== true).map(({ message }) => message)).toEqual([])
    const facts = ({ id, message, timestamp, type }: (typeof shown)[number]) => ({ id, message, timestamp, type })
    expect(shown.map(facts)).toEqual(waiting.map(facts))
    report({
      row: 6,
      fault: `recipient's ${who} away`,
      injected: 1,
      hit: waiting.length > 0 ? 1 : 0,
      messages: sentBy([first, load]),
      held: `${held}, all stored, drained ${seconds.toFixed(1)} s after its start began`,
    })
  },
)
