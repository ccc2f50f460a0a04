import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PeerKind } from '../shared/protocol/local.ts'
import { MessageType } from '../shared/protocol/message.ts'
import { ReplyMode } from '../shared/protocol/peer-api.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { pickReply, replyTo } from './responder.ts'

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
          !byPerson || mode === 'manual' ? 'none' : mode === 'away' ? 'canned' : mode,
        )
      },
    ),
  )
})

test('reply is one of the replies, and another than the last where there is another', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
      chance,
      fc.nat(),
      (replies, random, index) => {
        const last = replies[index % replies.length]
        const reply = pickReply(replies, { last, random: () => random })
        expect(replies).toContain(reply)
        if (replies.length > 1) expect(reply).not.toBe(last)
      },
    ),
  )
})
