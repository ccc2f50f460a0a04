import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import type { Signal } from '../shared/protocol/local.ts'
import { SignalQueue } from './signal-queue.ts'

const id = uuidv7()
const piece = (offset: number, text: string, of = id): Signal => ({
  kind: 'delta',
  delta: { id: of, replyTo: id, offset, text },
})
const characters = (signals: readonly Signal[]) =>
  signals.reduce((sum, signal) => sum + (signal.kind === 'delta' ? signal.delta.text.length : 0), 0)

test('signals that wait are joined where they are pieces of one answer', () => {
  const queue = new SignalQueue()
  for (const signal of [piece(0, 'ab'), piece(2, 'cd'), { kind: 'typing' } as const, { kind: 'typing' } as const])
    queue.add(signal)
  expect(queue.take()).toEqual([piece(0, 'abcd'), { kind: 'typing' }])
  expect([queue.size, queue.take()]).toEqual([0, []])
})

test.each([
  ['one answer', () => id],
  ['many answers', () => uuidv7()],
])('pieces of %s that nobody takes are as many as fit, the newest', (_, of) => {
  const queue = new SignalQueue()
  const text = 'x'.repeat(10_000)
  for (let n = 0; n < 1_000; n += 1) queue.add(piece(n * text.length, text, of()))
  const taken = queue.take()
  expect(characters(taken)).toBeLessThanOrEqual(256 * 1024)
  expect(taken.at(-1)).toMatchObject({ delta: { text: expect.stringMatching(/x$/) } })
  for (let n = 0; n < 1_000; n += 1) queue.add(piece(0, '', uuidv7()))
  expect(queue.size).toBe(256)
})
