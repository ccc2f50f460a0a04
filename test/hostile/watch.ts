/** What is watched of the processes under attack: that they live, what they hold in memory, and that no prototype changed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'

/**
 * `added` is what the shared prototypes hold beyond what they began with, such as `Object.prototype.polluted`; `stoodStillMs` how
 * long the process did nothing else, at most, since it was asked last; `keptMb` what it holds in use, without garbage.
 */
const Condition = z.object({ added: z.array(z.string()), stoodStillMs: z.number(), keptMb: z.number() })
export type Condition = z.infer<typeof Condition>

export class Watch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'overlay-watch-'))

  /** For the environment of the processes that are to be watched. */
  get env(): Record<string, string> {
    const hook = pathToFileURL(join(import.meta.dirname, 'watched-process.mjs')).href
    return { OVERLAY_WATCH: this.#folder, NODE_OPTIONS: `--import=${hook}` }
  }

  async condition(pid: number): Promise<Condition> {
    const port = Number(readFileSync(join(this.#folder, `${pid}.port`), 'utf8'))
    let text = ''
    for await (const chunk of connect(port, '127.0.0.1').setEncoding('utf8')) text += chunk
    return Condition.parse(JSON.parse(text))
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const MB = 1_000_000

/** The resident memory of a process, in MB. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024) / MB
}
