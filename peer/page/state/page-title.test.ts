import { expect, test } from 'vitest'
import { pageTitle } from './page-title.ts'

test('pageTitle begins with the number of unread messages, if there are any', () => {
  expect(pageTitle({ unread: 3, peer: 'bob', me: 'Alice' })).toBe('(3) bob – Alice')
  expect(pageTitle({ unread: 0, peer: null, me: 'Alice' })).toBe('Alice')
})

test('pageTitle has words before anything is known', () => {
  expect(pageTitle({ unread: 0, peer: null, me: undefined })).toBe('Overlay Chat')
})
