import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import type { PeerEntry, Signal } from '../shared/protocol/local.ts'
import { Presence } from '../shared/protocol/overlay.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { migrations } from './migrations.ts'
import { Peers } from './peers.ts'
import { Routing } from './routing.ts'
import { SignalQueue } from './signal-queue.ts'

const table: Endpoints = {
  Bob: { kind: 'peer', host: '127.0.0.1', port: 10_002 },
  GPT: { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', credential: 'openai' },
  local: { kind: 'openai', baseUrl: 'http://localhost:11434/v1', model: 'm' },
}
const KEY = { openai: { value: 'sk-0123456789-abcd', origins: ['https://api.openai.com'] } }

test('routing has the last good table after a restart, and no credential', async () => {
  const path = join(scratchFolder(), 'proxy.db')
  const store = openStore({ path, migrations })
  const routing = new Routing(store)
  expect([routing.isReady, routing.endpoints]).toEqual([false, {}])
  routing.setCredentials(KEY)
  await routing.apply({ version: 3, endpoints: table })
  store.close()
  const again = openStore({ path, migrations })
  const later = new Routing(again)
  expect([later.isReady, later.endpoints]).toEqual([true, table])
  expect([later.heardCredentials, later.credential('openai')]).toEqual([false, undefined])
  again.close()
})

test('routing finds names in any case, tells peers from AIs, and names the known ones', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  await routing.apply({ version: 1, endpoints: table })
  expect(routing.find('BOB').name).toBe('Bob')
  expect(routing.peer('bob').port).toBe(10_002)
  expect(routing.api('gpt')?.name).toBe('GPT')
  expect(routing.api('bob')).toBeUndefined()
  expect(() => routing.find('joe')).toThrow('Known: Bob, GPT, local.')
  expect(() => routing.peer('GPT')).toThrow('Known: Bob.')
  store.close()
})

test('routing takes a table with a route that may not carry its credential: that one alone is offline, and becomes well by itself', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  routing.setCredentials(KEY)
  const elsewhere = { kind: 'openai', baseUrl: 'https://evil.example/v1', model: 'm', credential: 'openai' } as const
  const mixed: Endpoints = { ...table, ELSEWHERE: elsewhere }
  expect(routing.problem({ version: 1, endpoints: mixed })).toBeUndefined()
  await routing.apply({ version: 1, endpoints: mixed })
  const peers = new Peers({ routing, known: [], changed: () => undefined })
  const offline = () =>
    peers
      .list()
      .filter(({ kind, online }) => kind === 'ai' && !online)
      .map(({ name }) => name)
  expect(offline()).toEqual(['ELSEWHERE'])
  expect(routing.unusable(elsewhere)).toContain('points at https://evil.example')
  const wider = { openai: { ...KEY.openai, origins: [...KEY.openai.origins, 'https://evil.example'] } }
  routing.setCredentials(wider)
  expect(offline()).toEqual([])
  routing.setCredentials({ openai: { ...KEY.openai, origins: ['https://evil.example'] } })
  expect(offline()).toEqual(['GPT'])
  store.close()
})

test('routing takes a table that was kept before routes said where they lead as meant, and one that was kept since as it is', async () => {
  const path = join(scratchFolder(), 'proxy.db')
  const store = openStore({ path, migrations })
  await new Routing(store).apply({ version: 1, endpoints: table })
  expect(new Routing(store).endpoints).toEqual(table)
  await store.write(() => store.run(`UPDATE setting SET value = json_remove(value, '$.marked') WHERE name = 'table'`))
  expect(new Routing(store).endpoints).toEqual({ ...table, local: { ...table['local'], privateNetwork: true } })
  store.close()
})

test('routing refuses a version older than the one in force, also after a restart, unless another document began anew', async () => {
  const path = join(scratchFolder(), 'proxy.db')
  const document = '0b4f1c3e-8f0e-4d7e-9a58-1f6f0c1d2e3f'
  const first = openStore({ path, migrations })
  const before = new Routing(first)
  await before.apply({ version: 5, endpoints: table, document })
  expect(before.holds({ version: 5, endpoints: table, document })).toBe(true)
  expect(before.problem({ version: 5, endpoints: {}, document })).toBeUndefined()
  first.close()
  const second = openStore({ path, migrations })
  const routing = new Routing(second)
  expect(routing.problem({ version: 4, endpoints: table, document })).toBe(
    'version 4 is older than version 5, which stays in force',
  )
  expect(routing.problem({ version: 6, endpoints: table, document })).toBeUndefined()
  expect(routing.problem({ version: 1, endpoints: table, document: document.replace('0', '1') })).toBeUndefined()
  second.close()
})

test('peers tells who is there whenever that changes, and only then', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  await routing.apply({ version: 1, endpoints: table })
  const told: PeerEntry[][] = []
  const peers = new Peers({ routing, known: [{ name: 'BOB', kind: 'service' }], changed: list => told.push(list) })
  expect(peers.list().map(({ name, kind, online }) => [name, kind, online])).toEqual([
    ['Bob', 'service', false],
    ['GPT', 'ai', false],
    ['local', 'ai', true],
  ])
  peers.met('bob', { kind: 'person', online: true })
  peers.met('bob', { kind: 'person', online: true })
  routing.setCredentials(KEY)
  peers.tellChanges()
  peers.met('bob', null)
  expect(told.map(list => list.map(({ kind, online }) => [kind, online]))).toEqual([
    [
      ['person', true],
      ['ai', false],
      ['ai', true],
    ],
    [
      ['person', true],
      ['ai', true],
      ['ai', true],
    ],
    [
      ['person', false],
      ['ai', true],
      ['ai', true],
    ],
  ])
  store.close()
})

test('signal queue keeps the text of every answer whole, and never holds more than fits into a batch', () => {
  const piece = fc.record({ answer: fc.constantFrom('a', 'b'), text: fc.string({ minLength: 1, maxLength: 5 }) })
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.constant('typing' as const)), { maxLength: 250 }), events => {
      const queue = new SignalQueue()
      const whole = { a: '', b: '' }
      for (const event of events) {
        if (event === 'typing') queue.add({ kind: 'typing' })
        else {
          const id = event.answer === 'a' ? 'a' : 'b'
          queue.add({ kind: 'delta', delta: { id, replyTo: 'q', offset: whole[id].length, text: event.text } })
          whole[id] += event.text
        }
      }
      const arrived = { a: '', b: '' }
      for (const signal of queue.take())
        if (signal.kind === 'delta' && (signal.delta.id === 'a' || signal.delta.id === 'b')) {
          expect(signal.delta.offset).toBe(arrived[signal.delta.id].length)
          arrived[signal.delta.id] += signal.delta.text
        }
      expect(arrived).toEqual(whole)
      expect(queue.take()).toEqual([])
    }),
  )
  const full = new SignalQueue()
  const apart = (n: number): Signal => ({ kind: 'delta', delta: { id: String(n), replyTo: 'q', offset: 0, text: 'x' } })
  for (let n = 0; n < 1_000; n += 1) full.add(apart(n))
  expect(full.size).toBe(256)
})

test('peers calls somebody what they call themself, before it what the configuration says, and never what may not be shown', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  await routing.apply({ version: 1, endpoints: table })
  const known = [{ name: 'bob', kind: 'person' as const, displayName: 'Bob of before' }]
  const peers = new Peers({ routing, known, changed: () => undefined })
  const called = () => peers.list().find(({ name }) => name === 'Bob')?.displayName
  const met = (displayName: unknown) => peers.met('BOB', Presence.parse({ kind: 'person', online: true, displayName }))
  expect(called()).toBe('Bob of before')
  met('Robert')
  expect(called()).toBe('Robert')
  for (const odd of [undefined, '', '\u202eecilA', 'x'.repeat(65), { toString: 'Alice' }]) met(odd)
  peers.met('bob', null)
  expect(called()).toBe('Robert')
  store.close()
})
