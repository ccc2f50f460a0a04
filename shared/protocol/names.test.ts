import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findByName, nameKey, PeerName, sameName } from './names.ts'

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/)

test('names are the same exactly when they differ in case at most', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(sameName(a.toUpperCase(), a.toLowerCase())).toBe(true)
      expect(sameName(a, b)).toBe(a.toLowerCase() === b.toLowerCase())
      expect(nameKey(nameKey(a))).toBe(nameKey(a))
    }),
  )
})

test('every name of the allowed letters is a name, and nothing else is', () => {
  fc.assert(
    fc.property(name, text => {
      expect(PeerName.safeParse(text).success).toBe(!(text in Object.prototype))
    }),
  )
  const wrong = ['', 'x'.repeat(33), 'a b', 'a/b', 'ä', 'a\n', '../x', 'a.b', 'constructor', '__proto__']
  for (const text of wrong) expect(PeerName.safeParse(text).success).toBe(false)
})

test('entry is found by its name in any case and comes back as it is written', () => {
  expect(findByName({ alice: 1, BOT: 2 }, 'bot')).toEqual(['BOT', 2])
  expect(findByName({ alice: 1 }, 'constructor')).toBeUndefined()
})
