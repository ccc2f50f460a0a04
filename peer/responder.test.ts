import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PeerKind } from '../shared/protocol/local.ts'
import { MessageType } from '../shared/protocol/message.ts'
import { ReplyMode } from '../shared/protocol/peer-api.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { isTimeForAway, pickReply, replyTo } from './responder.ts'

test('only what a person wrote as chat to an automatic peer is answered', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ReplyMode.options),
      fc.constantFrom(...PeerKind.options),
      fc.constantFrom(...MessageType.options),
      fc.constantFrom(
        {},
        { autoReply: true },
        { autoReply: false },
        { replyTo: '0190f5e0-0000-7000-8000-000000000000' },
      ),
      (mode, kind, type, metadata) => {
        const byPerson = kind === 'person' && type === 'chat' && !('replyTo' in metadata) && metadata.autoReply !== true
        expect(replyTo(sampleMessage({ type, metadata }), { mode, kind })).toBe(
          !byPerson || mode === 'manual' ? 'none' : mode,
        )
      },
    ),
  )
})

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const someReplies = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })

test('reply is one of the replies, and none that it must not repeat where there is another', () => {
  fc.assert(
    fc.property(someReplies, chance, fc.nat(), fc.nat(), (replies, random, first, second) => {
      const unlike = [first, second].flatMap(index => replies[index % replies.length] ?? [])
      const reply = pickReply(replies, { unlike, random: () => random })
      expect(replies).toContain(reply)
      if (replies.length > 1) expect(reply).not.toBe(unlike[0])
      if (replies.length > 2) expect(unlike).not.toContain(reply)
    }),
  )
})

test('reply can be each of those that are left', () => {
  const picked = [0, 0.4, 0.7].map(random => pickReply(['a', 'b', 'c', 'd'], { unlike: ['b'], random: () => random }))
  expect(picked).toEqual(['a', 'c', 'd'])
})

test('one who is away answers again after a minute, and when the clock was set back', () => {
  const last = Date.parse('2026-01-02T03:04:05.000Z')
  const after = (ms: number) => isTimeForAway(last + ms, last)
  expect(isTimeForAway(last, undefined)).toBe(true)
  expect([0, 1, 59_999].map(after)).toEqual([false, false, false])
  expect([60_000, 3_600_000, -1, -86_400_000].map(after)).toEqual([true, true, true, true])
})
