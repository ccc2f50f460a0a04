import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { MOST } from '../shared/protocol/bounds.ts'
import { type CountedRow, NO_USAGE, type UsageReport, UsageView } from '../shared/protocol/usage.ts'
import {
  CONFIGURED_ROWS,
  DAY_ROWS,
  knownRevision,
  MOST_STORES,
  OTHER_ROWS,
  type UsageCircumstances,
  type UsageLedgers,
  usageView,
  withReport,
} from './usage.ts'

const NOW = new Date('2026-03-31T12:00:00.000Z')
const at = (now: Date): UsageCircumstances => ({ now, configured: new Set(['alice', 'bob']), isKnown: () => true })
const STORE = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'
const row = (revision: number, different: Partial<CountedRow> = {}): CountedRow => ({
  ...NO_USAGE,
  ...{ day: '2026-03-31', route: 'GPT', model: 'm1', currency: 'USD', demo: false, revision, calls: 1, cost: 0.5 },
  ...different,
})
const report = (rows: CountedRow[], different: Partial<UsageReport> = {}): UsageReport => ({
  ...{ name: 'alice', store: STORE, after: 0, rows },
  ...different,
})
const taken = (...reports: UsageReport[]) =>
  reports.reduce<UsageLedgers>((ledgers, one) => withReport(ledgers, one, at(NOW)), {})
const view = (ledgers: UsageLedgers, days = 30) => usageView(ledgers, { days, now: NOW })

test('report that comes again, or late, changes nothing', () => {
  const early = report([row(1)])
  const late = report([row(3, { calls: 3 }), row(2, { route: 'GEMINI' })])
  const ledgers = taken(early, late)
  for (const again of [early, late]) expect(withReport(ledgers, again, at(NOW))).toBe(ledgers)
  expect(view(ledgers).rows.map(({ route, calls }) => [route, calls])).toEqual([
    ['GEMINI', 1],
    ['GPT', 3],
  ])
  expect(knownRevision(ledgers, STORE, NOW)).toBe(3)
})

test('report that begins after what is known is not taken: something is missing before it', () => {
  const ledgers = taken(report([row(1)]))
  expect(withReport(ledgers, report([row(9)], { after: 8 }), at(NOW))).toBe(ledgers)
  expect(knownRevision(withReport(ledgers, report([row(9)], { after: 1 }), at(NOW)), STORE, NOW)).toBe(9)
})

test('another store of a proxy adds to what the first one counted, in one row', () => {
  const ledgers = taken(report([row(5, { calls: 4 })]), report([row(1, { calls: 2 })], { store: OTHER }))
  expect(view(ledgers).rows).toMatchObject([{ proxy: 'alice', calls: 6, cost: 1 }])
})

test('view has totals by currency, with what is unknown and the demonstration apart', () => {
  const ledgers = taken(
    report([
      row(1),
      row(2, { currency: 'EUR', route: 'MISTRAL' }),
      row(3, { currency: null, cost: 0, calls: 7, withoutCost: 7 }),
      row(4, { currency: null, cost: 0, demo: true }),
      row(5, { day: '2026-03-30' }),
    ]),
  )
  expect(view(ledgers).totals.map(({ demo, currency, calls, cost }) => [demo, currency, calls, cost])).toEqual([
    [false, 'EUR', 1, 0.5],
    [false, 'USD', 2, 1],
    [false, null, 7, 0],
    [true, null, 1, 0],
  ])
})

test('view of some days begins with the first of them', () => {
  const ledgers = taken(report([row(1), row(2, { day: '2026-03-30' }), row(3, { day: '2026-03-29' })]))
  expect(view(ledgers, 2)).toMatchObject({ from: '2026-03-30', to: '2026-03-31' })
  expect(view(ledgers, 2).rows.map(({ day }) => day)).toEqual(['2026-03-31', '2026-03-30'])
  expect(view(ledgers, 1).rows).toHaveLength(1)
})

test('days that are over go with the next report, and with the last of them their store', () => {
  const ledgers = taken(report([row(1)], { store: OTHER }), report([row(1, { day: '2026-02-28' }), row(2)]))
  const later = withReport(
    ledgers,
    report([row(3, { day: '2026-05-20' })], { after: 2 }),
    at(new Date('2026-05-20T00:00:00.000Z')),
  )
  expect(Object.entries(later).map(([store, { rows }]) => [store, rows.map(({ day }) => day)])).toEqual([
    [OTHER, ['2026-03-31']],
    [STORE, ['2026-03-31', '2026-05-20']],
  ])
  const last = withReport(
    later,
    report([row(4, { day: '2026-06-20' })], { after: 3 }),
    at(new Date('2026-06-20T00:00:00.000Z')),
  )
  expect(Object.keys(last)).toEqual([STORE])
})

test('store of whose last days nothing is left is taken from its beginning: it may count from one again', () => {
  const ledgers = taken(report([row(5)]))
  const later = new Date('2027-05-01T12:00:00.000Z')
  expect(knownRevision(ledgers, STORE, later)).toBe(0)
  const again = withReport(ledgers, report([row(1, { day: '2027-05-01', calls: 2 })]), at(later))
  expect(usageView(again, { days: 30, now: later }).rows).toMatchObject([{ day: '2027-05-01', calls: 2 }])
})

/** What somebody invents: so many rows on each of so many days before today. */
const flood = (days: number, perDay: number): CountedRow[] =>
  Array.from({ length: days * perDay }, (_, n) => {
    const day = new Date(NOW.getTime() - Math.floor(n / perDay) * 86_400_000).toISOString().slice(0, 10)
    return row(n + 1, { day, model: `${'m'.repeat(190)}${n}`, input: MOST, output: MOST, cost: MOST })
  })
const rowsOf = (ledgers: UsageLedgers, proxy: string) =>
  Object.values(ledgers).flatMap(ledger => (ledger.proxy === proxy ? ledger.rows : []))

test('rows that are invented have a bound in all, and push none of another proxy out', () => {
  const honest = flood(60, 5).map(counted => ({ ...counted, model: 'm1', route: `R${counted.revision}` }))
  let ledgers = taken(report(honest))
  const attack = flood(20, DAY_ROWS)
  const names = ['bob', 'invented0', 'invented1', 'invented2', 'invented3']
  for (const name of names)
    for (let store = 0; store < MOST_STORES; store += 1)
      ledgers = withReport(ledgers, { name, store: uuidv4(), after: 0, rows: attack }, at(NOW))
  expect(rowsOf(ledgers, 'alice')).toHaveLength(honest.length)
  const invented = Object.values(ledgers).filter(({ proxy }) => proxy.startsWith('invented'))
  expect(invented.reduce((sum, { rows }) => sum + rows.length, 0)).toBeLessThanOrEqual(OTHER_ROWS + 4 * MOST_STORES)
  expect(rowsOf(ledgers, 'bob').length).toBeLessThanOrEqual(CONFIGURED_ROWS / 2 + MOST_STORES * DAY_ROWS)
  expect(JSON.stringify(ledgers).length).toBeLessThan(32 * 1024 * 1024)
  // And alice counts on.
  const next = withReport(
    ledgers,
    report([row(honest.length + 1, { route: 'NEW' })], { after: honest.length }),
    at(NOW),
  )
  expect(rowsOf(next, 'alice').map(({ route }) => route)).toContain('NEW')
})

test('sums of what is invented stay numbers that the page reads', () => {
  const ledgers = taken(report(flood(3, 10)))
  expect(UsageView.safeParse(view(ledgers)).success).toBe(true)
})

test('a day has so many rows, and a proxy so many stores: more is refused with what helps', () => {
  const crowded = flood(1, DAY_ROWS + 1)
  expect(() => taken(report(crowded))).toThrow(/rows has more than 128 rows of 2026-03-31; count the rest as one route/)
  const ledgers = taken(report(crowded.slice(0, DAY_ROWS)))
  const more = report(crowded.slice(DAY_ROWS), { after: DAY_ROWS })
  expect(() => withReport(ledgers, more, at(NOW))).toThrow(/more than 128/)
  const stores = Array.from({ length: MOST_STORES }, () => report([row(1)], { store: uuidv4() }))
  expect(() => taken(...stores, report([row(1)]))).toThrow(/store is one more than the 16 that alice may have/)
})

test('a store is of the proxy that reported for it first, and goes over to another name only when nobody has that one any more', () => {
  const ledgers = taken(report([row(1)]))
  const other = report([row(2)], { name: 'bob', after: 1 })
  expect(() => withReport(ledgers, other, at(NOW))).toThrow(/store is that of alice/)
  const renamed = withReport(ledgers, other, { ...at(NOW), isKnown: name => name !== 'alice' })
  expect(view(renamed).rows).toMatchObject([{ proxy: 'bob' }])
})

test('a day far ahead is left out, and what comes with it is taken', () => {
  const ledgers = taken(report([row(1, { day: '9999-12-31' }), row(2, { day: '2026-04-01' }), row(3)]))
  expect(
    rowsOf(ledgers, 'alice')
      .map(({ day }) => day)
      .sort(),
  ).toEqual(['2026-03-31', '2026-04-01'])
  expect(knownRevision(ledgers, STORE, NOW)).toBe(3)
})
