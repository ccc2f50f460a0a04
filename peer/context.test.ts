import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BODY_BYTES } from '../shared/process/guard.ts'
import { MESSAGE_BYTES } from '../shared/protocol/message.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { type ContextParts, contextOf } from './context.ts'
import { justPosted, type StoredMessage } from './stored-message.ts'

const row = (parts: Partial<StoredMessage>): StoredMessage => ({ ...justPosted(sampleMessage()), ...parts })
const limits = { turns: 20, tokens: 1000, charactersPerToken: 1 }
const personality = { name: 'kind', system: 'Be kind.' }
const context = (newestFirst: Partial<StoredMessage>[], parts: Partial<ContextParts> = {}) =>
  contextOf(newestFirst.map(row), { own: 'user', limits, question: '', ...parts })
const texts = (...given: Parameters<typeof context>) => context(...given).turns.map(({ text }) => text)

test('context has the turns oldest first, each with its role, and the personality', () => {
  const rows = [{ message: 'three' }, { message: 'two', outgoing: false }, { message: 'one' }]
  expect(context(rows)).toEqual({
    turns: [
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'two' },
      { role: 'user', text: 'three' },
    ],
    leftOut: 0,
    tokens: 11,
  })
  expect(context(rows, { own: 'assistant', personality })).toEqual({
    system: 'Be kind.',
    personality: 'kind',
    turns: [
      { role: 'user', text: 'two' },
      { role: 'assistant', text: 'three' },
    ],
    leftOut: 1,
    tokens: 16,
  })
})

test('context leaves out notices, commands and what failed or was taken back, and does not count them', () => {
  const rows: Partial<StoredMessage>[] = [
    { type: 'notification' },
    { type: 'command' },
    { state: 'failed', message: 'x'.repeat(2_000) },
    { state: 'cancelled' },
    { message: '' },
    { message: 'kept', state: 'received' },
  ]
  expect(context(rows)).toEqual({ turns: [{ role: 'user', text: 'kept' }], leftOut: 0, tokens: 4 })
})

test('context keeps within its bounds, is the newest that fits, and counts what does not', () => {
  const said = fc.array(fc.record({ message: fc.string({ minLength: 1, maxLength: 30 }), outgoing: fc.boolean() }), {
    maxLength: 30,
  })
  const system = fc.option(fc.string({ minLength: 1, maxLength: 30 }))
  fc.assert(
    fc.property(
      said,
      fc.record({ turns: fc.nat({ max: 12 }), tokens: fc.nat({ max: 200 }), older: fc.nat({ max: 9 }) }),
      fc.string({ maxLength: 60 }),
      system,
      (rows, { turns, tokens, older }, question, words) => {
        const found = context(rows, {
          limits: { turns, tokens, charactersPerToken: 1 },
          question,
          older,
          personality: words === null ? undefined : { name: 'x', system: words },
        })
        const kept = found.turns.map(({ text }) => text)
        const size = kept.join('').length + (words ?? '').length
        expect(found.tokens).toBe(size)
        expect(found.leftOut).toBe(rows.length + older - kept.length)
        expect(kept.length).toBeLessThanOrEqual(turns)
        if (kept.length > 0) expect(size + question.length).toBeLessThanOrEqual(tokens)
        expect(found.turns[0]?.role).not.toBe('assistant')
        const newest = rows.slice(0, kept.length)
        expect(kept).toEqual(newest.map(({ message }) => message).reverse())
        const withNext = size + question.length + (rows[kept.length]?.message.length ?? 0)
        const nextFits = rows[kept.length] !== undefined && kept.length < turns && withNext <= tokens
        if (nextFits) expect(rows[kept.length]?.outgoing).toBe(false)
      },
    ),
  )
})

test('context gives the question and the personality room before what was said', () => {
  const rows = [{ message: 'x'.repeat(40) }]
  const small = { ...limits, tokens: 100 }
  expect(texts(rows, { limits: small, question: 'q'.repeat(60) })).toHaveLength(1)
  expect(context(rows, { limits: small, question: 'q'.repeat(61) })).toEqual({ turns: [], leftOut: 1, tokens: 0 })
  expect(texts(rows, { limits: small, question: 'q'.repeat(60), personality })).toEqual([])
})

test('context begins with what the person said', () => {
  const rows = [{ message: 'two' }, { message: 'one', outgoing: false }, { message: 'zero', outgoing: false }]
  expect(context(rows)).toEqual({ turns: [{ role: 'user', text: 'two' }], leftOut: 2, tokens: 3 })
  expect(context(rows.slice(1))).toEqual({ turns: [], leftOut: 2, tokens: 0 })
})

test('context has each answer behind its question, whatever came between, and the newest of several', () => {
  const answer = (message: string, replyTo: string): Partial<StoredMessage> => ({
    id: message,
    message,
    outgoing: false,
    metadata: { replyTo },
  })
  const rows = [
    answer('first again', 'q1'),
    answer('second', 'q2'),
    answer('first, half', 'q1'),
    { id: 'q2', message: 'Q2' },
    { id: 'q1', message: 'Q1', state: 'failed' as const },
  ]
  expect(texts(rows)).toEqual(['Q1', 'first again', 'Q2', 'second'])
  expect(texts(rows.slice(1))).toEqual(['Q1', 'first, half', 'Q2', 'second'])
})

test('context has no answer to a question that is not part of the conversation', () => {
  const late = { message: 'late', outgoing: false, metadata: { replyTo: 'before the reset' } }
  expect(context([late, { message: 'new' }])).toEqual({ turns: [{ role: 'user', text: 'new' }], leftOut: 0, tokens: 3 })
})

test('context is never more than the proxy takes, however much the configuration allows', () => {
  const most = { turns: 200, tokens: 1_000_000, charactersPerToken: 20 }
  const rows = Array.from({ length: 100 }, () => ({ message: 'x'.repeat(MESSAGE_BYTES) }))
  const { turns, leftOut } = context(rows, { limits: most })
  expect(JSON.stringify(turns).length).toBeLessThan(BODY_BYTES - 6 * MESSAGE_BYTES)
  expect([turns.length > 40, turns.length + (leftOut ?? 0)]).toEqual([true, 100])
})
