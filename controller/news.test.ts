import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ProxyStatus, ProxyView } from '../shared/protocol/control.ts'
import { type Changes, News } from './news.ts'

const view = (name: string, status: ProxyStatus): ProxyView => ({
  name,
  host: '127.0.0.1',
  port: 1,
  status,
  connected: true,
  lastSeen: '2026-01-02T03:04:05.000Z',
  version: { wanted: 1, applied: 1, refused: null },
  counters: null,
})

function newsOf(known: Map<string, ProxyStatus>, isWanted = () => true) {
  const told: Changes[] = []
  const views: string[] = []
  const news = new News({
    isWanted,
    keys: () => [...known.keys()],
    view: key => {
      views.push(key)
      const status = known.get(key)
      return status === undefined ? undefined : view(key, status)
    },
    tell: changes => told.push(changes),
  })
  const heard = () =>
    told.splice(0).map(({ proxies, removed }) => ({ proxies: proxies.map(({ name }) => name), removed }))
  return { news, heard, views }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('news tell a burst once, of those that changed and those that are gone, and of nobody else', () => {
  const { news, heard } = newsOf(
    new Map([
      ['alice', 'active'],
      ['bob', 'active'],
    ] as const),
  )
  for (const key of ['alice', 'carol', 'alice']) news.of(key)
  expect(heard()).toEqual([])
  vi.advanceTimersByTime(100)
  expect(heard()).toEqual([{ proxies: ['alice'], removed: ['carol'] }])
  vi.advanceTimersByTime(100)
  expect(heard()).toEqual([])
  news[Symbol.dispose]()
})

test('news find by themselves who fell silent', () => {
  const known = new Map<string, ProxyStatus>([
    ['alice', 'active'],
    ['bob', 'active'],
  ])
  const { news, heard } = newsOf(known)
  vi.advanceTimersByTime(2_000)
  heard()
  known.set('bob', 'warning')
  vi.advanceTimersByTime(1_100)
  expect(heard()).toEqual([{ proxies: ['bob'], removed: [] }])
  news[Symbol.dispose]()
})

test('news that nobody listens to cost nothing', () => {
  const { news, heard, views } = newsOf(new Map([['alice', 'active']] as const), () => false)
  news.of('alice')
  vi.advanceTimersByTime(5_000)
  expect([heard(), views]).toEqual([[], []])
  news[Symbol.dispose]()
})
