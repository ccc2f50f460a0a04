import { expect, test } from 'vitest'
import { estimateTokens } from './token-estimate.ts'

test.each([
  ['', 0],
  ['four', 1],
  ['eight ch', 2],
  ['ab', 0.5],
  ['漢字', 2],
  ['漢字 four', 3.25],
  ['ひらがな', 4],
  ['한국', 2],
  ['\u{20000}', 1],
])('text %j takes about %d tokens of four characters', (text, tokens) => {
  expect(estimateTokens(text, 4)).toBe(tokens)
})
