import { expect, test } from 'vitest'
import { proxyView } from '../proxy-view-sample.ts'
import { firstSort, holdOrder, orderProxies, type Sort } from './proxy-order.ts'

const counters = (sent: number) => ({ sent, delivered: 0, received: 0, failed: 0, waiting: 0, asked: 0 })
const alice = proxyView({ name: 'alice', counters: counters(2), lastSeen: '2026-05-01T12:00:09.000Z' })
const bob = proxyView({ name: 'bob', counters: counters(30), status: 'stale', connected: false, port: 10002 })
const bot = proxyView({ name: 'BOT', counters: null, version: { wanted: 2, applied: 1, refused: null }, port: 9999 })
const all = [bot, alice, bob]
const names = (sort: Sort, filter = '') => orderProxies(all, sort, filter).map(({ name }) => name)

test('order by name does not look at the case', () => {
  expect(names(firstSort('name'))).toEqual(['alice', 'bob', 'BOT'])
  expect(names({ by: 'name', descending: true })).toEqual(['BOT', 'bob', 'alice'])
})

test('order puts what deserves a look first: stale proxies, tables not applied', () => {
  expect(names(firstSort('status'))[0]).toBe('bob')
  expect(names(firstSort('table'))[0]).toBe('BOT')
})

test('order by a counter is by its number, most first, and unknown last', () => {
  expect(names(firstSort('sent'))).toEqual(['bob', 'alice', 'BOT'])
})

test('order by last seen begins with the newest, and by address compares ports as numbers', () => {
  expect(names(firstSort('lastSeen'))[0]).toBe('alice')
  expect(names(firstSort('address'))).toEqual(['BOT', 'alice', 'bob'])
})

test('filter finds a part of the name in any case', () => {
  expect(names(firstSort('name'), ' BO ')).toEqual(['bob', 'BOT'])
  expect(names(firstSort('name'), 'zoe')).toEqual([])
})

test('a held order survives new values; newcomers go to the end', () => {
  const held = holdOrder(orderProxies(all, firstSort('sent'), ''), ['alice', 'bob'])
  expect(held.map(({ name }) => name)).toEqual(['alice', 'bob', 'BOT'])
})
