import { expect, test } from 'vitest'
import { DisplayName } from './names.ts'
import { shownName } from './shown-name.ts'

test.each([
  ['alice', undefined, 'alice'],
  ['alice', 'Alice', 'Alice'],
  ['thermometer1', 'Thermometer 1', 'Thermometer 1'],
  ['bob', 'Robert', 'Robert (bob)'],
  ['bob', 'Alice', 'Alice (bob)'],
])('shownName of %s who is called %j is %j', (name, displayName, shown) => {
  expect(shownName({ name, displayName })).toBe(shown)
})

test('display name may be any text that can be seen, and nothing that turns what stands around it', () => {
  for (const name of ['Zoë', '爱丽丝', 'ليلى', 'R2 D2 🤖', 'x'.repeat(64)]) expect(DisplayName.parse(name)).toBe(name)
  for (const name of ['', ' ', 'x'.repeat(65), 'a\nb', 'a\u202eb', 'a\u200bb', '\ud83d', 'a\u0000'])
    expect(DisplayName.safeParse(name).success, JSON.stringify(name)).toBe(false)
})
