import { expect, test } from 'vitest'
import { excessOf, lengthWords } from './length.ts'

const digits = (words: string | undefined) => words?.replaceAll(/(?<=\d)\D(?=\d)/gu, '')

test('lengthWords counts bytes as the peer does, near the limit only, and says by how much a text is too long', () => {
  expect(lengthWords('x'.repeat(50_000))).toBeUndefined()
  expect(digits(lengthWords('x'.repeat(65_536)))).toBe('65536 of 65536 bytes')
  expect(digits(lengthWords('ä'.repeat(32_769)))).toMatch(/^Too long to send: 65538 bytes, .* 65536\. .* 2 bytes\.$/)
  expect(lengthWords('🎉'.repeat(16_384))).not.toMatch(/too long/i)
})

test('excessOf is exact above the limit and not positive below it', () => {
  expect(excessOf('')).toBeLessThan(0)
  expect(excessOf('€'.repeat(21_845))).toBe(-1)
  expect(excessOf('€'.repeat(21_846))).toBe(2)
  expect(excessOf('x'.repeat(65_537))).toBe(1)
})
