import { expect, test } from 'vitest'
import type { SubmissionResult } from '../../shared/protocol/local.ts'
import { Refusals } from './refusals.ts'

const id = (n: number) => `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const refused = (n: number): SubmissionResult => ({
  id: id(n),
  state: 'failed',
  code: 'unknown_peer',
  reason: 'no peer',
})
const accepted = (n: number): SubmissionResult => ({ id: id(n), state: 'accepted' })
const to = (n: number, destination: string) => ({ id: id(n), destination })

test('refusals are told once for each who left, and again after they had been reached', () => {
  const told: unknown[] = []
  const refusals = new Refusals({ warn: (facts: { to: string }) => told.push(facts.to) })
  refusals.note([refused(1), accepted(2), refused(3)], [to(1, 'bob'), to(2, 'alice'), to(3, 'carol')])
  refusals.note([refused(4), refused(5)], [to(4, 'BOB'), to(5, 'carol')])
  expect(told).toEqual(['bob', 'carol'])
  refusals.note([accepted(6)], [to(6, 'bob')])
  refusals.note([refused(7)], [to(7, 'bob')])
  expect(told).toEqual(['bob', 'carol', 'bob'])
})
