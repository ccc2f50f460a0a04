import { expect, test } from 'vitest'
import { fitting } from './fitting.ts'

test.each([
  [[], []],
  [
    [3, 3, 4],
    [3, 3, 4],
  ],
  [
    [3, 3, 5, 1],
    [3, 3],
  ],
  [[99, 1], [99]],
  [
    [0, 0, 11],
    [0, 0],
  ],
])('of %j those from the front that have at most 10 together fit, and the first one always', (sizes, expected) => {
  expect(fitting(sizes, size => size, 10)).toEqual(expected)
})
