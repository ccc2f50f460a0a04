import { expect, test } from 'vitest'
import { type CountedRow, NO_USAGE, type UsageReport } from '../shared/protocol/usage.ts'
import { knownRevision, type UsageLedgers, usageView, withReport } from './usage.ts'

const NOW = new Date('2026-03-31T12:00:00.000Z')
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
  reports.reduce<UsageLedgers>((ledgers, one) => withReport(ledgers, one, NOW), {})
const view = (ledgers: UsageLedgers, days = 30) => usageView(ledgers, { days, now: NOW })

test('report that comes again, or late, changes nothing', () => {
  const early = report([row(1)])
  const late = report([row(3, { calls: 3 }), row(2, { route: 'GEMINI' })])
  const ledgers = taken(early, late)
  for (const again of [early, late]) expect(withReport(ledgers, again, NOW)).toBe(ledgers)
  expect(view(ledgers).rows.map(({ route, calls }) => [route, calls])).toEqual([
    ['GEMINI', 1],
    ['GPT', 3],
  ])
  expect(knownRevision(ledgers, STORE, NOW)).toBe(3)
})

test('report that begins after what is known is not taken: something is missing before it', () => {
  const ledgers = taken(report([row(1)]))
  expect(withReport(ledgers, report([row(9)], { after: 8 }), NOW)).toBe(ledgers)
  expect(knownRevision(withReport(ledgers, report([row(9)], { after: 1 }), NOW), STORE, NOW)).toBe(9)
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
    new Date('2026-05-20T00:00:00.000Z'),
  )
  expect(Object.entries(later).map(([store, { rows }]) => [store, rows.map(({ day }) => day)])).toEqual([
    [OTHER, ['2026-03-31']],
    [STORE, ['2026-03-31', '2026-05-20']],
  ])
  const last = withReport(
    later,
    report([row(4, { day: '2026-06-20' })], { after: 3 }),
    new Date('2026-06-20T00:00:00.000Z'),
  )
  expect(Object.keys(last)).toEqual([STORE])
})

test('store of whose last days nothing is left is taken from its beginning: it may count from one again', () => {
  const ledgers = taken(report([row(5)]))
  const later = new Date('2027-05-01T12:00:00.000Z')
  expect(knownRevision(ledgers, STORE, later)).toBe(0)
  const again = withReport(ledgers, report([row(1, { day: '2027-05-01', calls: 2 })]), later)
  expect(usageView(again, { days: 30, now: later }).rows).toMatchObject([{ day: '2027-05-01', calls: 2 }])
})
