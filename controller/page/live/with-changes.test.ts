import { expect, test } from 'vitest'
import { proxyView } from '../proxy-view-sample.ts'
import { withChanges } from './with-changes.ts'

test('a change replaces the proxy of that name where it stands, adds a new one, and removes what is gone', () => {
  const before = ['alice', 'Bob', 'carol'].map(name => proxyView({ name }))
  const bob = proxyView({ name: 'Bob', connected: false })
  const after = withChanges(before, { proxies: [bob, proxyView({ name: 'dave' })], removed: ['alice'] })
  expect(after.map(({ name, connected }) => [name, connected])).toEqual([
    ['Bob', false],
    ['carol', true],
    ['dave', true],
  ])
})
