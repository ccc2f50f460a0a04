import { expect, test } from 'vitest'
import type { State } from './document.ts'
import { Presence, statusAfter } from './presence.ts'

const START = Date.parse('2026-01-02T03:04:05.000Z')
const state: State = {
  schema: 1,
  proxies: { alice: { name: 'Alice', host: '127.0.0.1', port: 10001, lastSeen: new Date(START).toISOString() } },
  tables: {},
  credentials: {},
}
const counters = { sent: 1, delivered: 1, received: 0, failed: 0, waiting: 0, asked: 0 }

test.each([
  [0, 'active'],
  [59_999, 'active'],
  [60_000, 'warning'],
  [119_999, 'warning'],
  [120_000, 'stale'],
  [Number.MAX_SAFE_INTEGER, 'stale'],
])('presence after %d ms of silence is %s', (ms, status) => {
  expect(statusAfter(ms)).toBe(status)
})

function presenceAt(time: { ms: number }) {
  const presence = new Presence(() => new Date(time.ms))
  return { presence, view: () => presence.view(state, 'alice', true) }
}

test('presence of a proxy that was not heard of since the start counts from when it was last known', () => {
  const time = { ms: START + 60_000 }
  expect(presenceAt(time).view()).toMatchObject({
    name: 'Alice',
    status: 'warning',
    lastSeen: '2026-01-02T03:04:05.000Z',
    connected: true,
    counters: null,
  })
})

test('presence is renewed by whatever a proxy says, and keeps what it said before', () => {
  const time = { ms: START }
  const { presence, view } = presenceAt(time)
  presence.sawNow('ALICE', { counters })
  presence.answered({ name: 'alice', version: 3, applied: true }, 9)
  time.ms += 119_999
  expect(view()).toMatchObject({ status: 'warning', counters, version: { wanted: 1, applied: 3, refused: null } })
  presence.sawNow('alice')
  expect(view()).toMatchObject({ status: 'active', counters, version: { applied: 3 } })
  presence.forget('Alice')
  expect(view()).toMatchObject({ status: 'warning', counters: null, version: { applied: null } })
})

test('presence shows a refusal beside the version that is in force until a version is applied', () => {
  const { presence, view } = presenceAt({ ms: START })
  presence.answered({ name: 'alice', version: 3, applied: true }, 9)
  presence.answered({ name: 'alice', version: 4, applied: false, reason: 'a route is wrong' }, 9)
  expect(view()?.version).toEqual({ wanted: 1, applied: 3, refused: { version: 4, reason: 'a route is wrong' } })
  presence.answered({ name: 'alice', version: 5, applied: true }, 9)
  expect(view()?.version).toEqual({ wanted: 1, applied: 5, refused: null })
})

test('presence takes a refusal of what could not be read as of the version wanted, and learns what is in force', () => {
  const { presence, view } = presenceAt({ ms: START })
  presence.answered({ name: 'alice', version: null, applied: false, reason: 'it is not JSON', inForce: 7 }, 9)
  expect(view()?.version).toMatchObject({ applied: 7, refused: { version: 9, reason: 'it is not JSON' } })
  expect(presence.applied('Alice')).toBe(7)
})

test('presence tells since when the figures of a proxy count, once it said when it started', () => {
  const { presence, view } = presenceAt({ ms: START })
  presence.sawNow('alice', { counters })
  expect(view()).not.toHaveProperty('startedAt')
  presence.sawNow('alice', { counters, startedAt: '2026-01-01T00:00:00.000Z' })
  expect(view()).toMatchObject({ counters, startedAt: '2026-01-01T00:00:00.000Z' })
})
