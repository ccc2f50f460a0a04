/** A process that dies at once, three times for the same reason, cannot be started: the reason is read from its last words. */
import * as z from 'zod'
import { jsonOrNothing } from '../protocol/json.ts'
import { unmarked } from './console.ts'

const ENOUGH = 3
/** Of what a process wrote before it was ready; a trace is far shorter. */
const MOST_LINES = 200

const LogLine = z.looseObject({
  level: z.string(),
  msg: z.string().default(''),
  err: z.object({ type: z.string().default('Error'), message: z.string() }).optional(),
})

/** What a process wrote before it was ready that is no news of its log: a trace of Node's, a warning, its last log line. */
export class LastWords {
  #lines: string[] = []
  #fatal: string | undefined

  /** @returns whether the line belongs to them, and is not to be shown by itself */
  takes(line: string): boolean {
    const { data: log } = LogLine.safeParse(jsonOrNothing(line))
    if (log !== undefined && log.level !== 'fatal') return false
    if (log !== undefined) this.#fatal = log.err === undefined ? log.msg : `${log.err.type}: ${log.err.message}`
    this.#lines = [...this.#lines, line].slice(-MOST_LINES)
    return true
  }

  /** Takes them out. */
  lines(): string[] {
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  /** Why it died, in one line; undefined where it said nothing. */
  get reason(): string | undefined {
    const written = this.#lines.map(unmarked).filter(line => line.trim() !== '' && !/^Node\.js v\d/.test(line))
    return this.#fatal ?? written.find(line => /^(?:[A-Za-z]+\.)*\w*(?:Error|Exception)\b/.test(line)) ?? written.at(-1)
  }
}

/** Counts the deaths of one process before it was ever ready. */
export class EarlyDeaths {
  #reason = ''
  #count = 0

  /** @returns whether this was the third in a row for the same reason */
  isHopeless(reason: string): boolean {
    // Ports, process ids and times differ from one try to the next.
    const alike = reason.replaceAll(/\d+/g, '0')
    this.#count = alike === this.#reason ? this.#count + 1 : 1
    this.#reason = alike
    return this.#count >= ENOUGH
  }

  /** It lived for a while: what was before does not count. */
  forget(): void {
    this.#count = 0
  }
}
