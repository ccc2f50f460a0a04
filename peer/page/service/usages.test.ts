import { expect, test } from 'vitest'
import { beginningOf, usagesOf } from './usages.ts'

test('a service that was never met can be asked for help', () => {
  expect(usagesOf(undefined)).toEqual(['help'])
  expect(usagesOf([])).toEqual(['help'])
})

test('usages with characters that cannot be seen are what is left of them, each once', () => {
  const commands = ['reset\nall', 'reset', '\u200b', 'reset\u202e', '  roll\t\0SIDES ']
  expect(usagesOf(commands)).toEqual(['reset all', 'reset', 'roll SIDES'])
})

test('a usage of several words is begun, one of a single word is whole', () => {
  expect(beginningOf('roll SIDES')).toBe('roll ')
  expect(beginningOf('help')).toBeUndefined()
})
