import { expect, test } from 'vitest'
import * as z from 'zod'
import { parseInput } from './errors.ts'
import { NewMessage } from './peer-api.ts'

const Entry = z.strictObject({
  name: z.string().min(2).max(4),
  n: z.int().min(0).max(9).optional(),
  many: z.array(z.boolean()).min(1).optional(),
  mode: z.enum(['by hand', 'away']).optional(),
  kind: z.literal('person').optional(),
  id: z.uuid().optional(),
})

test.each([
  [{}, 'name is missing'],
  [undefined, 'Cannot use it: is missing'],
  [[], 'Cannot use it: must be an object'],
  [{ name: 7 }, 'name must be a text'],
  [{ name: 'x' }, 'name must have at least 2 characters'],
  [{ name: 'abcde' }, 'name must have at most 4 characters'],
  [{ name: 'abc', n: 1.5 }, 'n must be a whole number'],
  [{ name: 'abc', n: 'x' }, 'n must be a number'],
  [{ name: 'abc', n: -1 }, 'n must be at least 0'],
  [{ name: 'abc', n: 10 }, 'n must be at most 9'],
  [{ name: 'abc', many: [] }, 'many must have at least 1 entries'],
  [{ name: 'abc', many: ['x'] }, 'many.0 must be true or false'],
  [{ name: 'abc', mode: 'off' }, 'mode must be one of "by hand", "away"'],
  [{ name: 'abc', kind: 'x' }, 'kind must be "person"'],
  [{ name: 'abc', id: '7' }, 'id must be a UUID'],
  [{ name: 'abc', extra: 1, more: 2 }, 'must not have the field "extra", "more"'],
])('what is wrong with %j is said in words', (value, words) => {
  expect(() => parseInput(Entry, value, { what: 'Cannot use it' })).toThrow(words)
})

test('words that stand in a schema itself come first', () => {
  const schema = z.object({ name: z.string('must be what you are called') })
  expect(() => parseInput(schema, { name: 1 }, { what: 'Cannot use it' })).toThrow('name must be what you are called')
})

test('a message without a text is told what is missing', () => {
  expect(() => parseInput(NewMessage, { mesage: 'x' }, { what: 'Cannot use the body' })).toThrow('message is missing')
})
