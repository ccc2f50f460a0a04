import { expect, test } from 'vitest'
import { isolated } from './isolated.ts'

test('isolated leaves a name that runs from left to right as it is', () => {
  for (const name of ['bob', 'Zoë (bob)', '李雷', '42!']) expect(isolated(name)).toBe(name)
})

test('isolated keeps the direction of a name from the sentence around it', () => {
  for (const name of ['ليلى', 'דנה (dana)', 'a\u202eb']) expect(isolated(name)).toBe(`\u2068${name}\u2069`)
})
