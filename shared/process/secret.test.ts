import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact, Secret } from './secret.ts'

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
