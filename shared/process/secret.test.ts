import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PieceRedactor, redact, Secret } from './secret.ts'

/** What the dashboard takes as a key. */
const key = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code)),
  minLength: 12,
  maxLength: 40,
})

test('secret shows at most its last four characters, whatever shows it', () => {
  const secret = new Secret('sk-0123456789-abcd')
  for (const shown of [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    String(secret),
    inspect(secret, { depth: 9, showHidden: true }),
  ]) {
    expect(shown).toContain('…abcd')
    expect(shown).not.toContain('0123456789')
  }
  expect(secret.reveal()).toBe('sk-0123456789-abcd')
})

test('secret shows nothing of a value so short that four characters would tell it', () => {
  expect(new Secret('12345678901').last4).toBe('')
  expect(new Secret('123456789012').last4).toBe('9012')
})

test('redact leaves no secret in a text, as it is, as a part of an address, in JSON, or as servers encode it', () => {
  fc.assert(
    fc.property(key, fc.string(), fc.string(), (value, before, after) => {
      const secret = new Secret(value)
      const bytes = Buffer.from(value)
      const coded = (['base64', 'base64url', 'hex'] as const).map(encoding => bytes.toString(encoding))
      for (const spelling of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...coded])
        expect(redact(before + spelling + after, [secret])).not.toContain(spelling)
    }),
  )
})

test('redact leaves a text without the secret as it is', () => {
  expect(redact('nothing to see here', [new Secret('sk-0123456789-abcd'), new Secret('')])).toBe('nothing to see here')
})

test('redact leaves no secret in a text whose last characters mean something in a replacement', () => {
  for (const value of ['sk-0123456789-$&', "sk-0123456789-$'x", 'sk-0123456789-$`'])
    expect(redact(`the key ${value} was refused`, [new Secret(value)])).not.toContain('sk-0123456789')
})

test('a text in pieces holds nothing of the secret, wherever it is parted, and all else as it is', () => {
  const pieces = fc.array(fc.oneof(fc.constant('KEY'), fc.constant('BASE64'), fc.string({ maxLength: 6 })), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(key, pieces, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (value, parts, lengths) => {
      const base64 = Buffer.from(`:${value}`).toString('base64')
      const text = parts.map(part => (part === 'KEY' ? value : part === 'BASE64' ? base64 : part)).join(' ')
      const redactor = new PieceRedactor(new Secret(value))
      let told = ''
      for (let at = 0; at < text.length; ) {
        const length = lengths.next().value ?? 1
        told += redactor.read(text.slice(at, at + length))
        at += length
      }
      told += redactor.rest()
      expect(told).not.toContain(value)
      expect(told).not.toContain(base64)
      if (!parts.includes('KEY') && !parts.includes('BASE64') && !text.includes(value.charAt(0)))
        expect(told).toBe(text)
    }),
  )
})

test('a text in pieces is not held back longer than a beginning of the secret may go on', () => {
  const redactor = new PieceRedactor(new Secret('sk-0123456789-abcd'))
  expect(redactor.read('It is sk-01')).toBe('It is ')
  expect(redactor.read('x')).toBe('sk-01x')
  expect([redactor.read('and s'), redactor.rest()]).toEqual(['and ', 's'])
})
