import { expect, test } from 'vitest'
import { API_KINDS } from '../../../shared/protocol/route.ts'
import { recordedErrors } from './errors.ts'
import { recordedStreams } from './streams.ts'

test('what the four APIs are known to send is recorded', () => {
  const streams = API_KINDS.map(kind => recordedStreams(kind).length)
  const errors = API_KINDS.map(kind => recordedErrors(kind).length)
  expect(Math.min(...streams)).toBeGreaterThanOrEqual(30)
  expect(Math.min(...errors)).toBeGreaterThanOrEqual(15)
})
