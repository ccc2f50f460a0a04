/** One supervised process: started, waited for, started again with backoff when it dies, stopped when told. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { backoff } from '../process/backoff.ts'
import { EXIT_REFUSED, StartError, StartFailedError } from '../process/start-error.ts'
import { type Console, markedLine } from './console.ts'
import type { ProcessStatus } from './control-protocol.ts'
import { EarlyDeaths, LastWords } from './early-deaths.ts'

/** A process that lived this long is well again: its next death waits the shortest time. */
const WELL_AFTER_MS = 30_000
const Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
])

export type ChildSpec = {
  readonly name: string
  /** Where it can be asked, for a person; undefined where it cannot. */
  readonly address?: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** Who waits for the start. */
type Ready = { readonly resolve: () => void; readonly reject: (error: Error) => void }

/** How a process is; `detail` says why, where it is not ready. */
type Condition = Pick<ProcessStatus, 'state' | 'detail'>

export class Child {
  readonly name: string
  readonly #spec: ChildSpec
  readonly #console: Console
  #process: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #restart: NodeJS.Timeout | undefined
  #stopping = false
  #deaths = 0
  readonly #early = new EarlyDeaths()
  #wasReady = false
  #condition: Condition = { state: 'starting' }
  #born: Date | undefined
  #restarts = -1

  constructor(spec: ChildSpec, console: Console) {
    this.name = spec.name
    this.#spec = spec
    this.#console = console
    console.introduce(spec.name)
  }

  get pid(): number | undefined {
    return this.#born === undefined ? undefined : this.#process?.pid
  }

  get status(): ProcessStatus {
    return {
      name: this.name,
      ...this.#condition,
      pid: this.pid ?? null,
      address: this.#spec.address ?? null,
      since: this.#born?.toISOString() ?? null,
      restarts: Math.max(0, this.#restarts),
    }
  }

  /**
   * Resolves when the process says it is ready.
   * @throws {StartError} when it refuses to start; after a death of another kind it is tried again
   * @throws {StartFailedError} when it was never ready and died at once three times for the same reason
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn({ resolve, reject }))
  }

  /** From now on its end is expected. */
  expectStop(): void {
    this.#stopping = true
    clearTimeout(this.#restart)
    this.#condition = { state: this.#born === undefined ? 'stopped' : 'stopping' }
  }

  /** Asks it to stop, and ends it when it has not within `ms` milliseconds. Resolves once it is gone. */
  async stop(ms: number): Promise<void> {
    this.expectStop()
    this.#process?.kill('SIGTERM')
    const timer = setTimeout(() => {
      this.#console.say(`${this.name} does not stop; it is ended now`, 'warn')
      this.#process?.kill('SIGKILL')
    }, ms)
    await this.#exited
    clearTimeout(timer)
  }

  /** Ends it at once. */
  kill(): void {
    this.expectStop()
    this.#process?.kill('SIGKILL')
  }

  #spawn(ready: Ready): void {
    const { file, args, env } = this.#spec
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
      // A group of its own: Ctrl+C reaches the launcher alone, which stops its processes in order.
      detached: true,
    })
    const born = Date.now()
    const words = new LastWords()
    let isReady = false
    let refusal: string | undefined
    this.#process = child
    this.#born = new Date(born)
    this.#restarts += 1
    this.#condition = { state: 'starting' }
    const ended = new Promise<string>(resolve => {
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
      // Without a process id it was never born, and may never close either.
      child.on('error', error => child.pid === undefined && resolve(error.message))
    })
    this.#exited = ended.then(() => undefined)
    for (const stream of [child.stdout, child.stderr])
      if (stream)
        createInterface({ input: stream }).on('line', written => {
          const line = markedLine(written, { isOutput: stream === child.stdout })
          if (isReady || !words.takes(line)) this.#console.line(this.name, line)
          else this.#console.keep(this.name, line)
        })
    child.on('message', message => {
      const report = Report.safeParse(message)
      if (!report.success) return
      if (report.data.kind === 'refused') refusal = report.data.reason
      else {
        this.#wasReady = true
        isReady = true
        this.#console.showOnce(this.name, words.lines())
        if (!this.#stopping) this.#condition = { state: 'ready' }
        ready.resolve()
      }
    })
    void ended.then(how => {
      this.#born = undefined
      const { reason } = words
      if (!isReady) this.#console.showOnce(this.name, words.lines())
      if (this.#stopping) {
        this.#condition = { state: 'stopped' }
        return
      }
      if (refusal !== undefined || child.exitCode === EXIT_REFUSED)
        return this.#refused(refusal ?? 'it refused to start', ready)
      if (Date.now() - born > WELL_AFTER_MS) {
        this.#deaths = 0
        this.#early.forget()
      } else if (!this.#wasReady && this.#early.isHopeless(`${how} ${reason}`))
        return this.#gaveUp(reason === undefined ? how : `${how}: ${reason}`, ready)
      const wait = 100 + backoff(this.#deaths++, { random: Math.random, baseMs: 200, ceilingMs: 10_000 })
      const detail = `died (${how}); it is started again in ${(wait / 1000).toFixed(1)} s`
      this.#condition = { state: 'waiting', detail }
      this.#console.say(`${this.name} ${detail}`, 'warn')
      this.#restart = setTimeout(() => this.#spawn(ready), wait)
    })
  }

  #gaveUp(reason: string, ready: Pick<Ready, 'reject'>): void {
    this.#condition = { state: 'down', detail: reason }
    const why = `it died three times at once, for the same reason: ${reason.replace(/\.?$/, '.')}`
    ready.reject(new StartFailedError(`Cannot start ${this.name}: ${why} ${this.#console.logOf(this.name)} says more.`))
  }

  #refused(reason: string, ready: Pick<Ready, 'reject'>): void {
    this.#condition = { state: 'down', detail: reason }
    if (this.#wasReady) this.#console.say(`${this.name} stays down: ${reason}`, 'error')
    else ready.reject(new StartError(reason))
  }
}
