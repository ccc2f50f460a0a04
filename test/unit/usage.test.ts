/** From an answer at a proxy to the controller's sums: nothing is lost or counted twice, whatever happens on the way. */

import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { knownRevision, type UsageLedgers, usageView, withReport } from '../../controller/usage.ts'
import { migrations } from '../../proxy/migrations.ts'
import { UsageReports } from '../../proxy/usage-report.ts'
import { UsageRows } from '../../proxy/usage-rows.ts'
import { silentLog } from '../../shared/process/log.ts'
import { Secret } from '../../shared/process/secret.ts'
import { openStore } from '../../shared/process/store.ts'
import { Wake } from '../../shared/process/wake.ts'
import { NO_USAGE, UsageReport } from '../../shared/protocol/usage.ts'
import { compareNames } from '../../shared/written.ts'
import { scratchFolder } from '../harness/scratch.ts'

const NOW = new Date('2026-03-31T12:00:00.000Z')
const AT = { now: NOW, configured: new Set(['alice']), isKnown: () => true }
const SIGNAL = new AbortController().signal

type Line = 'well' | 'no request' | 'no reply'

/** A proxy's disk, its reports, and a controller's document, of which each may be put back or lost. */
class World {
  readonly #folder: string
  #disks = 0
  #store
  #name = uuidv4()
  #reports = this.#newReports()
  #ledgers: UsageLedgers = {}
  #keptLedgers: UsageLedgers = {}
  readonly #sent: UsageReport[] = []
  #line: Line = 'well'

  constructor(folder: string) {
    this.#folder = folder
    this.#store = openStore({ path: this.#path, migrations })
  }

  get #path(): string {
    return join(this.#folder, `${this.#disks}.db`)
  }

  get #rows(): UsageRows {
    return new UsageRows(this.#store, () => this.#name)
  }

  get #kept(): string {
    return join(this.#folder, 'kept.db')
  }

  answer(route: string, input: number): Promise<void> {
    const key = { day: '2026-03-31', route, model: 'm1', currency: 'USD', demo: false }
    return this.#store.write(() => this.#rows.add(key, { ...NO_USAGE, calls: 1, input, cost: input }))
  }

  async report(line: Line): Promise<void> {
    this.#line = line
    await this.#reports.report(SIGNAL).catch(() => undefined)
    this.#line = 'well'
  }

  /** A report of any time comes once more. */
  repeat(which: number): void {
    const report = this.#sent[which % Math.max(1, this.#sent.length)]
    if (report !== undefined) this.#ledgers = withReport(this.#ledgers, report, AT)
  }

  restartProxy(): void {
    this.#reports = this.#newReports()
  }

  /** What an older proxy's disk counted is lost with an older document, so that both are kept together. */
  async keep(): Promise<void> {
    await this.meet()
    this.#store.close()
    copyFileSync(this.#path, this.#kept)
    this.#store = openStore({ path: this.#path, migrations })
    this.#keptLedgers = this.#ledgers
    this.restartProxy()
  }

  putDocumentBack(): void {
    this.#ledgers = this.#keptLedgers
  }

  /** The proxy finds the controller again, which it does some time after the document was put back. */
  async meet(): Promise<void> {
    this.#reports.askAnew()
    await this.report('well')
  }

  /**
   * The disk as it was kept, or an empty one: either has a name of its own. What an older document does not know is told
   * before: nobody has what both of them lost.
   */
  async putDiskBack(isEmpty: boolean): Promise<void> {
    await this.meet()
    this.#keptLedgers = this.#ledgers
    this.#store.close()
    this.#disks += 1
    if (!isEmpty && existsSync(this.#kept)) copyFileSync(this.#kept, this.#path)
    this.#store = openStore({ path: this.#path, migrations })
    this.#name = uuidv4()
    this.restartProxy()
  }

  get seen() {
    const { rows } = usageView(this.#ledgers, { days: 1, now: NOW })
    return rows.map(({ route, calls, input, cost }) => ({ route, calls, input, cost }))
  }

  close(): void {
    this.#store.close()
  }

  #newReports(): UsageReports {
    return new UsageReports({
      ...{ name: 'alice', controller: 'http://controller', key: new Secret('k'), log: silentLog() },
      ...{ counted: new Wake(), now: () => NOW.getTime(), random: () => 0.5 },
      rows: { stores: since => this.#rows.stores(since), changed: (store, what) => this.#rows.changed(store, what) },
      client: { json: async (_, __, { body }) => this.#take(UsageReport.parse(body)) },
    })
  }

  #take(report: UsageReport): { revision: number } {
    if (this.#line === 'no request') throw new Error('the request is lost')
    this.#sent.push(report)
    this.#ledgers = withReport(this.#ledgers, report, AT)
    if (this.#line === 'no reply') throw new Error('the reply is lost')
    return { revision: knownRevision(this.#ledgers, report.store, NOW) }
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      route: fc.constantFrom('GPT', 'GEMINI'),
      input: fc.nat(99),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      line: fc.constantFrom('well' as const, 'no request' as const, 'no reply' as const),
    }),
  },
  fc.record({ do: fc.constant('repeat' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constantFrom('restart' as const, 'keep' as const, 'put document back' as const) }),
  fc.record({ do: fc.constant('put disk back' as const), isEmpty: fc.boolean() }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
const asked: Step = { do: 'answer', route: 'GPT', input: 1 }
const other: Step = { do: 'answer', route: 'GEMINI', input: 1 }

/** Stories in which something was wrong once. */
const FOUND: Step[][] = [
  [asked, { do: 'report', line: 'well' }, { do: 'put document back' }],
  [asked, { do: 'report', line: 'well' }, { do: 'put document back' }, other, { do: 'report', line: 'well' }],
  [asked, { do: 'keep' }, asked, { do: 'put disk back', isEmpty: false }, asked],
  [asked, { do: 'report', line: 'well' }, { do: 'put document back' }, { do: 'put disk back', isEmpty: true }],
]

test('sums at the controller are those of the answers, in any order of crashes, reports, repeats and restores', {
  timeout: 60_000,
}, async () => {
  const folder = scratchFolder()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      run += 1
      const place = join(folder, String(run))
      mkdirSync(place)
      const world = new World(place)
      const expected = new Map<string, { calls: number; input: number }>()
      for (const one of steps)
        switch (one.do) {
          case 'answer': {
            await world.answer(one.route, one.input)
            const { calls, input } = expected.get(one.route) ?? { calls: 0, input: 0 }
            expected.set(one.route, { calls: calls + 1, input: input + one.input })
            break
          }
          case 'report':
            await world.report(one.line)
            break
          case 'repeat':
            world.repeat(one.which)
            break
          case 'restart':
            world.restartProxy()
            break
          case 'keep':
            await world.keep()
            break
          case 'put document back':
            world.putDocumentBack()
            break
          default:
            await world.putDiskBack(one.isEmpty)
        }
      await world.meet()
      const wanted = [...expected].map(([route, { calls, input }]) => ({ route, calls, input, cost: input }))
      expect(world.seen).toEqual(wanted.sort((a, b) => compareNames(a.route, b.route)))
      world.close()
    }),
    { numRuns: 40, examples: FOUND.map(steps => [steps]) },
  )
})
