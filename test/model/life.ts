/** One life of a process that can end as by SIGKILL: nothing of it runs on, and what was not committed never was. */
import { Started } from '../../shared/process/run.ts'
import { openStore, type Store } from '../../shared/process/store.ts'

export class Life {
  readonly started = new Started()
  readonly store: Store
  readonly #disk: Store
  readonly #stop = new AbortController()
  readonly #end = new AbortController()
  readonly #happens: () => void

  constructor(file: { path: string; migrations: readonly string[] }, happens: () => void) {
    this.#happens = happens
    this.#disk = openStore(file)
    this.store = {
      all: (row, sql, ...parameters) => this.#disk.all(row, sql, ...parameters),
      get: (row, sql, ...parameters) => this.#disk.get(row, sql, ...parameters),
      run: (sql, ...parameters) => this.#disk.run(sql, ...parameters),
      write: work => this.#whileAlive(this.#disk.write(this.#unlessDead(work))),
      note: work => this.#whileAlive(this.#disk.note(this.#unlessDead(work))),
      shrink: pages => this.#whileAlive(this.#disk.shrink(pages)),
      trouble: undefined,
      failures: 0,
      close: () => {},
    }
  }

  /** Aborts when the process is asked to stop, or dies. */
  get stopping(): AbortSignal {
    return this.#stop.signal
  }

  /** Aborts when it is gone: its connections are reset. */
  get ended(): AbortSignal {
    return this.#end.signal
  }

  /** At once. What waited to be committed is lost. */
  crash(): void {
    if (this.#end.signal.aborted) return
    const reset = new Error('connection reset')
    this.#end.abort(reset)
    this.#stop.abort(reset)
    this.#disk.close()
  }

  /** In order, as at SIGTERM. */
  async stop(): Promise<void> {
    if (this.#end.signal.aborted) return
    this.#stop.abort(new Error('the process stops'))
    await this.started[Symbol.asyncDispose]()
    if (this.#end.signal.aborted) return
    this.#end.abort(new Error('connection reset'))
    this.#disk.close()
  }

  #unlessDead<T>(work: () => T): () => T {
    this.#happens()
    return () => {
      if (this.#end.signal.aborted) throw new Error('the process is dead')
      return work()
    }
  }

  /** A dead process hears of nothing any more: what waits for this then waits for ever. */
  #whileAlive<T>(committed: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const alive = (tell: () => void) => {
        this.#happens()
        if (!this.#end.signal.aborted) tell()
      }
      committed.then(
        value => alive(() => resolve(value)),
        (error: unknown) => alive(() => reject(error)),
      )
    })
  }
}
