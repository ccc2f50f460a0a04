/** How any process of the overlay lives: start, say ready, run until told to stop, close in reverse. */
import { setMaxListeners } from 'node:events'
import { format } from 'node:util'
import { fileProblem } from './file-problem.ts'
import { createLog, LOG_LEVELS, type Log } from './log.ts'
import { EXIT_REFUSED, StartError } from './start-error.ts'
import { StorageFailedError } from './store-failure.ts'

/** What a supervised process tells the launcher over its IPC channel. */
export type ProcessReport = { readonly kind: 'ready' } | { readonly kind: 'refused'; readonly reason: string }

/**
 * `signal` aborts at the stop; parts added to `started` are closed then, or when the start fails half-way. `fail` ends the
 * process with an error that a part finds while it runs.
 */
export type ProcessContext = {
  readonly log: Log
  readonly signal: AbortSignal
  readonly started: Started
  readonly fail: (error: Error) => void
}

/**
 * Runs a process until SIGTERM, SIGINT or the end of its launcher. The only place that ends a process.
 * Exit code 0 after a stop, 78 when it cannot run however often it is started, 1 on anything unexpected.
 */
export async function runProcess(name: string, start: (context: ProcessContext) => Promise<void>): Promise<void> {
  const level = process.env['LOG_LEVEL'] || 'info'
  // Whatever a package, or a service of the user, makes is for this account alone as well.
  process.umask(0o077)
  const log = createLog(name, LOG_LEVELS.includes(level) ? level : 'info')
  logConsole(log)
  // Whoever read the log may be gone before this process is: that is no reason to end in disorder.
  process.stdout.on('error', () => {})
  const stop = new AbortController()
  // Every call that is under way listens to it: their number says nothing of a leak.
  setMaxListeners(0, stop.signal)
  const started = new Started()
  let orphaned: () => void = () => {}
  const asked = new Promise<string>(resolve => {
    process.once('SIGTERM', () => resolve('SIGTERM'))
    orphaned = () => resolve('its launcher is gone')
    process.once('disconnect', orphaned)
    // It may have been killed while this process was loading.
    if (process.send !== undefined && !process.connected) orphaned()
    process.once('SIGINT', () => resolve('SIGINT'))
  })
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  try {
    const ready = start({ log, signal: stop.signal, started, fail }).then(() => {
      // A start that waited for somebody ends with the stop as well.
      if (stop.signal.aborted) return
      log.info('ready')
      report({ kind: 'ready' }, orphaned)
    })
    await Promise.race([ready, asked, failed])
    log.info({ why: await Promise.race([asked, failed]) }, 'stopping')
    stop.abort()
    await started[Symbol.asyncDispose]()
    process.exit(0)
  } catch (error) {
    stop.abort()
    await started[Symbol.asyncDispose]().catch(failure => log.error({ err: failure }, 'closing failed'))
    const refused = error instanceof StartError
    const named = refused || error instanceof StorageFailedError ? error : fileProblem(error)
    if (named !== undefined) log.fatal(named.message)
    else log.fatal({ err: error }, 'failed unexpectedly')
    if (refused) report({ kind: 'refused', reason: error.message }, () => {})
    process.exit(refused ? EXIT_REFUSED : 1)
  }
}

/** What a package or a service of the user prints becomes a record as well: a text of others that it prints cannot pass for one. */
function logConsole(log: Log): void {
  const to =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level](format(...parts))
  Object.assign(console, {
    ...{ debug: to('debug'), log: to('info'), info: to('info'), dir: to('info'), table: to('info') },
    ...{ warn: to('warn'), trace: to('warn'), error: to('error') },
  })
}

/** `orphaned` is called when the launcher turns out to be gone, which some versions of Node tell in no other way. */
function report(message: ProcessReport, orphaned: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, error => error && orphaned())
}

/** Parts that were started, closed in reverse: all of them, also when one cannot be. */
export class Started implements AsyncDisposable {
  readonly #parts: (AsyncDisposable | Disposable)[] = []

  add<T extends AsyncDisposable | Disposable>(part: T): T {
    this.#parts.push(part)
    return part
  }

  /** Background work that ends when the stop signal aborts; the stop waits for it. */
  addWork(work: Promise<void>): void {
    this.add({ [Symbol.asyncDispose]: () => work })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = []
    for (const part of this.#parts.splice(0).reverse()) {
      try {
        if (Symbol.asyncDispose in part) await part[Symbol.asyncDispose]()
        else part[Symbol.dispose]()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed')
  }
}
