import { expect, test } from 'vitest'
import { hashOfPeer, peerOfHash } from './route.ts'

test('peerOfHash reads back what hashOfPeer wrote', () => {
  expect(peerOfHash(hashOfPeer('thermometer_1-b'))).toBe('thermometer_1-b')
})

test('peerOfHash refuses what cannot be a name', () => {
  for (const hash of ['', '#', '#/', '#bob', '#/a b', '#/<b>', `#/${'x'.repeat(33)}`])
    expect(peerOfHash(hash)).toBeNull()
})
