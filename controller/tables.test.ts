import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { withDemo } from '../config/demo.ts'
import { portsFrom } from '../config/ports.ts'
import { HISTORY_VERSIONS } from '../shared/protocol/control.ts'
import type { Endpoints, Route } from '../shared/protocol/route.ts'
import type { State } from './document.ts'
import { MOST_PROXIES, MOST_REMOVED } from './document-bounds.ts'
import { difference, reconcile, register, withLastSeen, withTable } from './tables.ts'

const EMPTY: State = { schema: 1, proxies: {}, tables: {}, credentials: {} }
const now = new Date('2026-01-02T03:04:05.000Z')
const ports = portsFrom(5000)
const config: Config = {
  instances: [
    { kind: 'person', name: 'alice', n: 1, mode: 'manual' },
    { kind: 'person', name: 'Bob', n: 2, mode: 'manual' },
    { kind: 'assistant', name: 'BOT', n: 3, route: 'GPT' },
    { kind: 'service', name: 'meter', n: 4, service: 'thermometer' },
  ],
  routes: { GPT: { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', credential: 'openai' } },
  delivery: { lifetimeDays: 7 },
  cannedReplies: ['ok'],
  personalities: {},
  prices: {},
  conversation: { turns: 20, tokens: 12_000, charactersPerToken: 4 },
}
const overlay = { config, ports, now }
const newest = (state: State, name: string) => state.tables[name]?.history[0]
const peer = (port: number): Route => ({ kind: 'peer', host: '127.0.0.1', port })

test('difference names every name that is in one table only or differs, each once', () => {
  const table = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 3 }).map(peer))
  fc.assert(
    fc.property(table, table, (before, after) => {
      const { added, removed, changed } = difference(before, after)
      const restored: Endpoints = { ...before }
      for (const name of removed) delete restored[name]
      for (const name of [...added, ...changed]) restored[name] = after[name] ?? peer(1)
      expect(restored).toEqual(after)
      expect(added.every(name => !Object.hasOwn(before, name))).toBe(true)
      expect(removed.every(name => Object.hasOwn(before, name) && !Object.hasOwn(after, name))).toBe(true)
      expect(difference(after, after)).toEqual({ added: [], removed: [], changed: [] })
    }),
  )
})

const wide = (count: number, port: number): Endpoints =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`friend${n}`, peer(port)]))

test('history of large tables has so much room, and the newest version always is there', () => {
  let state = EMPTY
  for (let port = 1; port <= 8; port += 1)
    state = withTable(state, 'alice', { endpoints: wide(10_000, port), author: 'test', now })
  const history = state.tables['alice']?.history ?? []
  expect(history[0]?.version).toBe(8)
  expect(JSON.stringify(history).length).toBeLessThan(6 * 1024 * 1024)
  expect(history.length).toBeLessThan(8)
  // With thousands of tables each has less, and all together stay below the same.
  const table = withTable(EMPTY, 'one', { endpoints: {}, author: 'test', now }).tables['one']
  if (table === undefined) throw new Error('there is a table')
  const crowd = Object.fromEntries(Array.from({ length: 9_999 }, (_, n) => [`other${n}`, table]))
  const crowded: State = { ...state, tables: { ...state.tables, ...crowd } }
  const next = withTable(crowded, 'alice', { endpoints: { bob: peer(1) }, author: 'test', now })
  expect(next.tables['alice']?.history.map(({ version }) => version)).toEqual([9])
})

test('names are invented only so many times; those that have a table register as before', () => {
  const known = withTable(EMPTY, 'alice', { endpoints: {}, author: 'test', now })
  const table = known.tables['alice']
  if (table === undefined) throw new Error('there is a table')
  const tables = Object.fromEntries(
    Array.from({ length: MOST_PROXIES }, (_, n) => [
      `sim${n}`,
      { ...table, name: `sim${n}`, configured: true as const },
    ]),
  )
  const full: State = { ...EMPTY, tables }
  const at = (name: string) => register(full, { name, host: '127.0.0.1', port: 1 }, overlay)
  expect(() => at('one-more')).toThrow(/Cannot register: 10000 proxies are known here/)
  expect(at('SIM7').proxies).toHaveProperty('sim7')
})

test('tables of instances that came and went are kept as far as they have room, the newest ones', () => {
  const table = (name: string, minute: number) => {
    const time = new Date(now.getTime() + minute * 60_000)
    return withTable(EMPTY, name, { endpoints: {}, author: 'test', now: time }).tables[name.toLowerCase()]
  }
  const tables: State['tables'] = {}
  for (let n = 0; n < 250; n += 1) {
    const found = table(`gone${n}`, n)
    if (found !== undefined) tables[`gone${n}`] = { ...found, configured: true }
  }
  const { removed = {} } = reconcile({ ...EMPTY, tables }, overlay)
  expect(Object.keys(removed)).toHaveLength(MOST_REMOVED)
  expect([removed['gone249']?.name, removed['gone0']]).toEqual(['gone249', undefined])
})

test('table keeps its last 50 versions, newest first, and counts on', () => {
  let state = EMPTY
  for (let port = 1; port <= 60; port += 1)
    state = withTable(state, 'alice', { endpoints: { bob: peer(port) }, author: 'test', now })
  const history = state.tables['alice']?.history ?? []
  expect(HISTORY_VERSIONS).toBe(50)
  expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, n) => 60 - n))
  expect(history[0]).toMatchObject({
    time: now.toISOString(),
    author: 'test',
    difference: { added: [], removed: [], changed: ['bob'] },
  })
})

test('table with the same endpoints again is no new version', () => {
  const state = withTable(EMPTY, 'Alice', { endpoints: { bob: peer(1) }, author: 'test', now })
  expect(withTable(state, 'ALICE', { endpoints: { bob: peer(1) }, author: 'other', now })).toBe(state)
  expect(state.tables['alice']?.name).toBe('Alice')
})

test('reconcile gives each instance a table: persons everybody and every API, an assistant its own, a service no API', () => {
  const state = reconcile(EMPTY, overlay)
  expect(Object.keys(newest(state, 'alice')?.endpoints ?? {}).sort()).toEqual(['BOT', 'Bob', 'GPT', 'meter'])
  expect(Object.keys(newest(state, 'bot')?.endpoints ?? {}).sort()).toEqual(['Bob', 'GPT', 'alice', 'meter'])
  expect(Object.keys(newest(state, 'meter')?.endpoints ?? {}).sort()).toEqual(['BOT', 'Bob', 'alice'])
  expect(newest(state, 'alice')?.endpoints['Bob']).toEqual(peer(10002))
  expect(reconcile(state, overlay)).toBe(state)
})

test('reconcile adds a new instance to the tables there are, and nothing that an editor took out', () => {
  const { instances } = config
  const first = reconcile(EMPTY, { ...overlay, config: { ...config, instances: instances.slice(0, 2) } })
  const edited = withTable(first, 'alice', { endpoints: {}, author: 'dashboard', now })
  const state = reconcile(edited, overlay)
  expect(Object.keys(newest(state, 'alice')?.endpoints ?? {}).sort()).toEqual(['BOT', 'meter'])
  expect(newest(state, 'alice')?.author).toBe('configuration')
  expect(Object.keys(newest(state, 'bob')?.endpoints ?? {}).sort()).toEqual(['BOT', 'GPT', 'alice', 'meter'])
})

test('reconcile moves the routes of the demonstration with the ports, and no others', () => {
  const state = reconcile(EMPTY, { ...overlay, config: withDemo(config, ports) })
  const moved = reconcile(state, { ...overlay, config: withDemo(config, portsFrom(20_000)), ports: portsFrom(20_000) })
  expect(newest(moved, 'alice')?.endpoints['GPT']).toMatchObject({
    baseUrl: 'http://127.0.0.1:24000/openai/v1',
    demo: true,
  })
  expect(newest(moved, 'alice')?.endpoints['Bob']).toEqual(peer(10002))
  const plain = reconcile(reconcile(EMPTY, overlay), { ...overlay, config: withDemo(config, ports) })
  expect(newest(plain, 'alice')?.endpoints['GPT']).toMatchObject({ baseUrl: 'https://api.openai.com/v1' })
})

test('registration of a proxy that nobody configured gives it a table with everybody', () => {
  const state = register(reconcile(EMPTY, overlay), { name: 'carol', host: '127.0.0.1', port: 7000 }, overlay)
  expect(Object.keys(newest(state, 'carol')?.endpoints ?? {}).sort()).toEqual(['BOT', 'Bob', 'GPT', 'alice', 'meter'])
  expect(newest(state, 'carol')?.author).toBe('registration')
  expect(state.proxies['carol']).toEqual({ name: 'carol', host: '127.0.0.1', port: 7000, lastSeen: now.toISOString() })
})

test('registration at another port moves the routes that led to the old one, and no others', () => {
  const base = register(reconcile(EMPTY, overlay), { name: 'Bob', host: '127.0.0.1', port: 10_002 }, overlay)
  const other = withTable(base, 'meter', { endpoints: { bob: peer(9_999) }, author: 'dashboard', now })
  const state = register(other, { name: 'bob', host: '127.0.0.1', port: 20_002 }, overlay)
  expect(newest(state, 'alice')).toMatchObject({
    author: 'bob moved',
    endpoints: { Bob: peer(20_002), BOT: peer(10_003) },
    difference: { changed: ['Bob'] },
  })
  expect(newest(state, 'meter')?.endpoints).toEqual({ bob: peer(9_999) })
  expect(newest(register(state, { name: 'bob', host: '127.0.0.1', port: 20_002 }, overlay), 'alice')?.version).toBe(
    newest(state, 'alice')?.version,
  )
})

test('registration of a proxy that is where it was changes nothing, so that nothing is written', () => {
  const state = register(reconcile(EMPTY, overlay), { name: 'Bob', host: '127.0.0.1', port: 10_002 }, overlay)
  const again = { ...overlay, now: new Date(now.getTime() + 60_000) }
  expect(register(state, { name: 'Bob', host: '127.0.0.1', port: 10_002 }, again)).toBe(state)
  expect(register(state, { name: 'bob', host: '127.0.0.1', port: 10_002 }, again).proxies['bob']?.name).toBe('bob')
  const called = { name: 'Bob', host: '127.0.0.1', port: 10_002, displayName: 'Robert' }
  const renamed = register(state, called, again)
  expect(renamed.proxies['bob']?.displayName).toBe('Robert')
  expect(renamed.tables).toBe(state.tables)
})

test('when proxies were last seen is noted where it is later than what is known, and else changes nothing', () => {
  const state = register(reconcile(EMPTY, overlay), { name: 'Bob', host: '127.0.0.1', port: 10_002 }, overlay)
  const later = now.getTime() + 60_000
  const noted = withLastSeen(state, name => (name === 'Bob' ? later : undefined))
  expect(noted.proxies['bob']?.lastSeen).toBe(new Date(later).toISOString())
  expect(withLastSeen(noted, () => now.getTime())).toBe(noted)
})

test('a table that its proxy is ahead of gets a version above that, also with the same endpoints', () => {
  const state = reconcile(EMPTY, overlay)
  const endpoints = newest(state, 'alice')?.endpoints ?? {}
  const edit = { endpoints, author: 'dashboard', now }
  expect(newest(withTable(state, 'alice', { ...edit, above: 8 }), 'alice')?.version).toBe(9)
  expect(withTable(state, 'alice', { ...edit, above: 1 })).toBe(state)
})

const without = (name: string) => ({
  ...overlay,
  config: { ...config, instances: config.instances.filter(instance => instance.name !== name) },
})

test('reconcile takes an instance that is no longer configured out of all tables, and forgets its proxy', () => {
  const known = register(reconcile(EMPTY, overlay), { name: 'Bob', host: '127.0.0.1', port: 10_002 }, overlay)
  const state = reconcile(known, without('Bob'))
  expect(Object.keys(state.tables)).toEqual(['alice', 'bot', 'meter'])
  expect(state.proxies).toEqual({})
  expect(newest(state, 'alice')).toMatchObject({
    version: 2,
    author: 'configuration',
    difference: { removed: ['Bob'] },
  })
  expect(reconcile(state, without('Bob'))).toBe(state)
})

test('reconcile leaves proxies and routes that the configuration never named', () => {
  const carol = register(reconcile(EMPTY, overlay), { name: 'carol', host: '127.0.0.1', port: 7000 }, overlay)
  const endpoints = { ...newest(carol, 'alice')?.endpoints, carol: peer(7000), dora: peer(7001) }
  const state = reconcile(withTable(carol, 'alice', { endpoints, author: 'dashboard', now }), without('Bob'))
  expect(state.proxies['carol']).toBeDefined()
  expect(newest(state, 'alice')?.endpoints).toMatchObject({ carol: peer(7000), dora: peer(7001) })
  expect(newest(state, 'carol')?.endpoints).not.toHaveProperty('Bob')
})

test('reconcile leaves a route to a removed name that leads elsewhere than its proxy was', () => {
  const known = register(reconcile(EMPTY, overlay), { name: 'Bob', host: '127.0.0.1', port: 10_002 }, overlay)
  const elsewhere: Route = { kind: 'peer', host: 'bob.example', port: 10_002 }
  const endpoints = { ...newest(known, 'alice')?.endpoints, Bob: elsewhere }
  const state = reconcile(withTable(known, 'alice', { endpoints, author: 'dashboard', now }), without('Bob'))
  expect(newest(state, 'alice')).toMatchObject({ version: 2, author: 'dashboard', endpoints: { Bob: elsewhere } })
  expect(newest(state, 'meter')?.endpoints).not.toHaveProperty('Bob')
  expect(newest(reconcile(state, overlay), 'alice')?.endpoints['Bob']).toEqual(elsewhere)
})

test('an instance that comes back has all routes, and a table above the version that its proxy remembers', () => {
  const first = reconcile(EMPTY, overlay)
  const edited = withTable(first, 'bob', { endpoints: {}, author: 'dashboard', now })
  const back = reconcile(reconcile(edited, without('Bob')), overlay)
  expect(newest(back, 'bob')).toMatchObject({ version: 3, author: 'configuration' })
  expect(newest(back, 'bob')?.endpoints).toEqual(newest(first, 'bob')?.endpoints)
  expect(newest(back, 'alice')?.endpoints).toEqual(newest(first, 'alice')?.endpoints)
  expect(back.removed).toEqual({})
})

test('proxies that register by themselves are as many as fit, and one that is known or configured always may', () => {
  const overlay = { config, ports, now }
  const at = (name: string) => ({ name, host: '127.0.0.1', port: 1 })
  const [version] = withTable(EMPTY, 'x', { endpoints: {}, author: 'test', now }).tables['x']?.history ?? []
  if (version === undefined) throw new Error('no version')
  const names = Array.from({ length: 10_000 }, (_, n) => `invented-${n}`)
  const tables = Object.fromEntries(names.map(name => [name, { name, history: [version] as [typeof version] }]))
  const proxies = Object.fromEntries(names.map(name => [name, { ...at(name), lastSeen: now.toISOString() }]))
  const full: State = { ...EMPTY, tables, proxies }
  expect(() => register(full, at('one-more'), overlay)).toThrow(/10000 proxies are known here, which is the limit/)
  expect(register(full, { ...at('invented-7'), port: 2 }, overlay).proxies['invented-7']?.port).toBe(2)
  const { 'invented-9': _, ...others } = proxies
  const next = register({ ...full, proxies: others }, at('one-more'), overlay)
  expect([Object.keys(next.tables).length, next.tables['invented-9'], next.tables['one-more']?.name]).toEqual([
    10_000,
    undefined,
    'one-more',
  ])
})
