/** Halves of characters never reach an API, wherever they stand in a question or a route. */
import { expect, test } from 'vitest'
import { API_KINDS, ApiRoute } from '../../shared/protocol/route.ts'
import { describeFailure } from './failure.ts'
import { loadProvider } from './registry.ts'
import { beginning, wellFormed } from './well-formed.ts'

const half = 'x\uD83D'

test.each(API_KINDS)('%s is sent U+FFFD instead of half a character', async kind => {
  const route = ApiRoute.parse({ kind, baseUrl: 'http://127.0.0.1:9/v1', model: half, parameters: { stop: [half] } })
  const turns = (['user', 'assistant', 'user'] as const).map(role => ({ role, text: `${role} ${half}` }))
  const { url, body } = (await loadProvider(kind)).toRequest(route, { system: half, turns }, undefined)
  const sent = JSON.stringify(body)
  expect(sent).not.toMatch(/\\ud83d/i)
  expect(`${sent} ${decodeURIComponent(url)}`.match(/x\uFFFD/g)).toHaveLength(6)
})

test('whole characters stay', () => {
  expect(wellFormed('a 😀 \uDE00')).toBe('a 😀 \uFFFD')
})

test('a cut does not halve a character', () => {
  expect(beginning('ab😀', 3)).toBe('ab')
  expect(beginning('ab😀', 4)).toBe('ab😀')
  expect(describeFailure('refused', { said: `${'a'.repeat(299)}😀b` }).message).not.toMatch(/\p{Surrogate}/u)
})
