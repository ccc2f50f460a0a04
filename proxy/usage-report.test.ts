import { join } from 'node:path'
import { v4 as uuidv4 } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../shared/process/log.ts'
import { Secret } from '../shared/process/secret.ts'
import { openStore } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { NO_USAGE, UsageReport } from '../shared/protocol/usage.ts'
import { Heard } from '../test/harness/heard.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { migrations } from './migrations.ts'
import { UsageReports } from './usage-report.ts'
import { UsageRows } from './usage-rows.ts'

const NOW = Date.parse('2026-03-31T12:00:00.000Z')

/** A proxy's reports to a controller that answers as it is told. */
function reporting(answer: (report: UsageReport) => number) {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  onTestFinished(() => store.close())
  const name = uuidv4()
  const rows = new UsageRows(store, () => name)
  const counted = new Wake()
  const heard = new Heard<UsageReport>()
  const json = async (_method: string, _url: string, { body }: { body?: unknown }) => {
    const report = UsageReport.parse(body)
    heard.add(report)
    return { revision: answer(report) }
  }
  const reports = new UsageReports({
    ...{ name: 'alice', controller: 'http://controller', key: new Secret('k'), log: silentLog() },
    ...{ rows, counted, client: { json }, now: () => NOW, random: () => 0 },
  })
  const count = async (model: string, day = '2026-03-31') => {
    const key = { day, route: 'GPT', model, currency: null, demo: false }
    await store.write(() => rows.add(key, { ...NO_USAGE, calls: 1 }))
    counted.ring()
  }
  return { count, counted, heard, reports, store, rows, name }
}
const signal = () => new AbortController().signal
const revisions = ({ rows }: UsageReport) => rows.map(({ revision }) => revision)

test('report asks first what is known, and then tells what came after it, many rows in several calls', async () => {
  const { heard, reports, store, rows } = reporting(report => revisions(report).at(-1) ?? 2)
  await store.write(() => {
    for (let model = 1; model <= 250; model += 1) {
      // Fifty of each day: what is beyond 64 would be counted together.
      const day = `2026-03-${31 - Math.floor(model / 50)}`
      const key = { day, route: 'GPT', model: `m${model}`, currency: null, demo: false }
      rows.add(key, { ...NO_USAGE, calls: 1 })
    }
  })
  expect(await reports.report(signal())).toBe(true)
  expect(heard.all.map(report => [report.after, report.rows.length, revisions(report).at(0)])).toEqual([
    [0, 0, undefined],
    [2, 200, 3],
    [202, 48, 203],
  ])
  expect(await reports.report(signal())).toBe(false)
  expect(heard.all).toHaveLength(3)
})

test('report leaves out days that the controller does not keep', async () => {
  const { count, heard, reports } = reporting(report => revisions(report).at(-1) ?? 0)
  await count('old', '2026-01-28')
  await count('kept', '2026-01-29')
  await reports.report(signal())
  expect(heard.all.flatMap(({ rows }) => rows.map(({ model }) => model))).toEqual(['kept'])
})

test('report gives up for now when the controller takes nothing, rather than ask without end', async () => {
  const { count, heard, reports } = reporting(() => 0)
  await count('m1')
  await expect(reports.report(signal())).rejects.toThrow('does not take rows')
  expect(heard.all).toHaveLength(2)
})

test('report comes as soon as something is counted, after a quiet time, and ends with its signal', async () => {
  const { count, heard, reports } = reporting(report => revisions(report).at(-1) ?? 0)
  const stop = new AbortController()
  const running = reports.run(stop.signal)
  await count('m1')
  await heard.first(({ rows }) => rows.length === 1)
  await count('m2')
  await new Promise(resolve => setImmediate(resolve))
  expect(heard.all.filter(({ rows }) => rows.length > 0)).toHaveLength(1)
  stop.abort()
  await running
})
