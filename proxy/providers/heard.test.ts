/** What is heard of an error is bounded, whatever its body holds. */
import { expect, test } from 'vitest'
import { heardIn } from './heard.ts'

/** Objects in all the fields that are looked at, so deep: their number grows with a power of the depth. */
function wide(depth: number, text: () => string): unknown {
  if (depth === 0) return text()
  return {
    message: wide(depth - 1, text),
    msg: wide(depth - 1, text),
    detail: [wide(depth - 1, text), text()],
    code: text(),
  }
}

test('of an error with thousands of sentences and codes a few are heard', () => {
  let count = 0
  const body = JSON.stringify(wide(6, () => `n${count++}`))
  expect(count).toBeGreaterThan(1_000)
  const { said = '', names } = heardIn(body)
  expect(said.split(': ').length).toBeLessThanOrEqual(5)
  expect(names.length).toBeLessThanOrEqual(64)
})

test.each([
  ['a sentence', JSON.stringify({ error: { message: 'x'.repeat(60_000) } })],
  ['a page', `<html><title>${'x'.repeat(1_000_000)}</title>`],
  ['JSON that goes on', `{"error":{"message":"${'x'.repeat(1_000_000)}"}}`],
])('of %s without end so much is heard as can be told', (_, body) => {
  expect(heardIn(body).said?.length ?? 0).toBeLessThanOrEqual(4_000)
})
