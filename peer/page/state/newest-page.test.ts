import { expect, test } from 'vitest'
import { joinNewestPage } from './newest-page.ts'

const list = (ids: string) => [...ids].map(id => ({ id }))
const join = (shown: string, page: string, asked: { before?: string; local?: string } = {}) => {
  const joined = joinNewestPage(list(shown), list(page), {
    before: new Set(asked.before ?? shown),
    isLocal: item => (asked.local ?? '').includes(item.id),
  })
  return { ids: joined.items.map(item => item.id).join(''), keptOlder: joined.keptOlder }
}

test('joinNewestPage fills an empty conversation', () => {
  expect(join('', 'abc')).toEqual({ ids: 'abc', keptOlder: false })
})

test('joinNewestPage keeps older pages that the new one touches', () => {
  expect(join('abcd', 'cdef')).toEqual({ ids: 'abcdef', keptOlder: true })
})

test('joinNewestPage drops everything older when there is a gap', () => {
  expect(join('abcd', 'xyz')).toEqual({ ids: 'xyz', keptOlder: false })
})

test('joinNewestPage drops what was cleared meanwhile', () => {
  expect(join('abcd', '')).toEqual({ ids: '', keptOlder: false })
})

test('joinNewestPage keeps what the peer cannot know, behind the page', () => {
  expect(join('abL', 'abc', { local: 'L' })).toEqual({ ids: 'abcL', keptOlder: false })
})

test('joinNewestPage keeps what arrived while the page was on its way', () => {
  expect(join('abN', 'ab', { before: 'ab' })).toEqual({ ids: 'abN', keptOlder: false })
})
