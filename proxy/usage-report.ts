/** Reports to the controller what answers used. Only what changed, and as often as needed: a report repeated changes nothing. */
import { backoff } from '../shared/process/backoff.ts'
import type { HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { Wake } from '../shared/process/wake.ts'
import { errorText } from '../shared/protocol/errors.ts'
import { firstDay, REPORT_ROWS, USAGE_DAYS, UsageReceipt, type UsageReport } from '../shared/protocol/usage.ts'
import type { UsageRows } from './usage-rows.ts'

/** Pause after a report that brought something: the controller writes its document at most once in it. */
const EVERY_MS = 10_000

export type UsageReportParts = {
  readonly name: string
  readonly controller: string
  readonly key: Secret
  readonly client: Pick<HttpClient, 'json'>
  readonly rows: Pick<UsageRows, 'stores' | 'changed'>
  /** Rings when something was counted. */
  readonly counted: Wake
  readonly now: () => number
  readonly random: () => number
  readonly log: Log
}

export class UsageReports {
  readonly #parts: UsageReportParts
  /** For each store, the revision up to which the controller knows its rows; nothing of one that was not asked yet. */
  #known = new Map<string, number>()

  constructor(parts: UsageReportParts) {
    this.#parts = parts
  }

  /** The controller may be another one now, or have another document: what it knows is asked anew. */
  askAnew(): void {
    this.#known = new Map()
    this.#parts.counted.ring()
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { counted, random, log } = this.#parts
    const pause = new Wake()
    let failures = 0
    while (!signal.aborted) {
      try {
        const brought = await this.report(signal)
        failures = 0
        await (brought ? pause.sleep(signal, EVERY_MS) : counted.sleep(signal))
      } catch (error) {
        failures += 1
        log.debug({ err: errorText(error) }, 'usage could not be reported; it is tried again')
        await pause.sleep(signal, 500 + backoff(failures, { random, ceilingMs: EVERY_MS }))
      }
    }
  }

  /** @returns whether there was anything that the controller did not know */
  async report(signal: AbortSignal): Promise<boolean> {
    const { rows, now } = this.#parts
    const since = firstDay(USAGE_DAYS, now())
    let brought = false
    for (const store of rows.stores(since)) {
      if (!this.#known.has(store)) this.#known.set(store, await this.#tell({ store, after: 0, rows: [] }, signal))
      for (;;) {
        const after = this.#known.get(store) ?? 0
        const changed = rows.changed(store, { after, since, limit: REPORT_ROWS })
        if (changed.length === 0) break
        const revision = await this.#tell({ store, after, rows: changed }, signal)
        this.#known.set(store, revision)
        if (revision <= after) throw new Error(`the controller does not take rows after revision ${after}`)
        brought = true
      }
    }
    return brought
  }

  async #tell(report: Omit<UsageReport, 'name'>, signal: AbortSignal): Promise<number> {
    const { client, controller, key, name } = this.#parts
    const call = { body: { name, ...report }, headers: bearer(key), signal }
    return UsageReceipt.parse(await client.json('POST', `${controller}/api/usage`, call)).revision
  }
}
