import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MOST } from '../shared/protocol/bounds.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Document, type State } from './document.ts'
import { Presence } from './presence.ts'
import { mayHave, withSmallVersions } from './small-versions.ts'
import { withTable } from './tables.ts'

const ID = '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11'
const EMPTY: State = { schema: 1, id: ID, proxies: {}, tables: {}, credentials: {} }
const now = new Date('2026-01-02T03:04:05.000Z')
const to = (port: number): Endpoints => ({ bob: { kind: 'peer', host: '127.0.0.1', port } })
const save = (state: State, port: number, above = 0): State =>
  withTable(state, 'alice', { endpoints: to(port), author: 'dashboard', now, above })
const newest = ({ tables }: State) => tables['alice']?.history[0].version ?? 0

test('a version that a proxy has is believed up to a million above what was given', () => {
  expect([mayHave(1_000_001, 1), mayHave(1_000_002, 1), mayHave(2 ** 53 - 1, 1)]).toEqual([true, false, false])
  const state = save(EMPTY, 1)
  expect(newest(save(state, 2, 41))).toBe(42)
  expect(newest(save(state, 2, 1_000_001))).toBe(1_000_002)
  expect(newest(save(state, 2, 1_000_002))).toBe(2)
  expect(newest(save(state, 2, 2 ** 53 - 1))).toBe(2)
})

test('an answer with a version that was never given is shown as what it is, and changes no other', () => {
  const state = save(
    { ...EMPTY, proxies: { alice: { name: 'alice', host: '127.0.0.1', port: 1, lastSeen: now.toISOString() } } },
    1,
  )
  const presence = new Presence(() => now)
  const version = () => presence.view(state, 'alice', true)?.version
  presence.answered({ name: 'alice', version: 1, applied: true }, 1)
  presence.answered({ name: 'alice', version: MOST, applied: true }, 1)
  const reason = `it says that version ${MOST} is in force, which was never given to it`
  expect(version()).toEqual({ wanted: 1, applied: 1, refused: { version: 1, reason } })
  presence.answered({ name: 'alice', version: 1, applied: false, reason: 'no', inForce: MOST }, 1)
  expect(version()).toEqual({ wanted: 1, applied: 1, refused: { version: 1, reason } })
  presence.answered({ name: 'alice', version: 1, applied: false, reason: 'older', inForce: 900_000 }, 1)
  expect(version()).toMatchObject({ applied: 900_000, refused: { reason: 'older' } })
})

test('no sequence of answers and saves makes versions grow beyond all bounds: they begin anew in another document', async () => {
  const file = join(scratchFolder(), 'controller.json')
  const document = await Document.open(file)
  await document.change(() => save(EMPTY, 1))
  let port = 1
  const ids = new Set<string | undefined>()
  for (const start of [newest(document.state), MOST - 1_500_000]) {
    await document.change(state => ({ ...state, tables: { alice: withNewest(state, start) } }))
    for (let n = 0; n < 4; n += 1) {
      port += 1
      await document.change(state => save(state, port, newest(state) + 1_000_000))
      expect(newest(document.state)).toBeLessThanOrEqual(MOST)
      ids.add(document.state.id)
    }
  }
  expect(ids.size).toBe(2)
  expect((await Document.open(file)).state).toEqual(document.state)
})

function withNewest(state: State, version: number): State['tables'][string] {
  const table = state.tables['alice']
  if (table === undefined) throw new Error('no table')
  const [first, ...older] = table.history
  return { ...table, history: [{ ...first, version }, ...older] }
}

test('a document whose versions an earlier version let grow starts again: its tables stay, numbered anew in another document', async () => {
  const file = join(scratchFolder(), 'controller.json')
  const three = save(save(save(EMPTY, 1), 2), 3)
  const history = three.tables['alice']?.history.map((one, index) => ({ ...one, version: 2 ** 53 - index }))
  const poisoned = {
    ...three,
    tables: { ...three.tables, alice: { name: 'alice', history } },
    removed: { old: { name: 'old', history } },
  }
  writeFileSync(file, JSON.stringify(poisoned))
  const { state } = await Document.open(file)
  expect(state.tables['alice']?.history.map(({ version, endpoints }) => [version, endpoints])).toEqual([
    [3, to(3)],
    [2, to(2)],
    [1, to(1)],
  ])
  expect(state.removed?.['old']?.history[0].version).toBe(3)
  expect(state.id).not.toBe(ID)
  expect((await Document.open(file)).state.id).toBe(state.id)
  expect(newest(save(state, 4))).toBe(4)
})

test('a state with small versions stays as it is', () => {
  const state = save(EMPTY, 1)
  expect(withSmallVersions(state)).toBe(state)
})

test('a document with counts of usage that no proxy has keeps the rows that are sound', async () => {
  const file = join(scratchFolder(), 'controller.json')
  const row = {
    ...{ day: '2026-01-02', route: 'GPT', model: 'm', currency: null, demo: false, revision: 1, calls: 1, failed: 0 },
    ...{ cancelled: 0, interrupted: 0, input: 1, output: 1, cached: 0, thinking: 0, withoutUsage: 0, cost: 0 },
    ...{ withoutCost: 1, firstPieceMs: 1, firstPieces: 1, totalMs: 1, timed: 1 },
  }
  const usage = { [ID]: { proxy: 'alice', revision: 2 ** 53, rows: [row, { ...row, model: 'n', input: 2 ** 53 - 1 }] } }
  writeFileSync(file, JSON.stringify({ ...EMPTY, usage }))
  const { state } = await Document.open(file)
  expect(state.usage).toEqual({ [ID]: { proxy: 'alice', revision: 0, rows: [row] } })
})
