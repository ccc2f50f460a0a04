/** Peer, proxy, proxy, peer as bare as can be: four processes that do nothing but take, commit and pass on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freeBase } from '../harness/free-base.ts'
import { temporaryFolder } from '../harness/overlay.ts'

export class Floor implements Disposable {
  readonly #folder = temporaryFolder()
  readonly #hops: ChildProcess[] = []
  readonly #base: number

  private constructor(base: number) {
    this.#base = base
  }

  /** @param how whether commits are for each message or for all of one turn */
  static async start(how: 'each' | 'grouped'): Promise<Floor> {
    const floor = new Floor(await freeBase())
    try {
      for (const n of [0, 1, 2, 3]) await floor.#startHop(n, how)
      return floor
    } catch (error) {
      floor[Symbol.dispose]()
      throw error
    }
  }

  get post(): string {
    return `http://127.0.0.1:${this.#base}/`
  }

  get events(): string {
    return `http://127.0.0.1:${this.#base + 3}/`
  }

  /** Rejects when a process of the floor ends before `work` does. */
  async while<T>(work: Promise<T>): Promise<T> {
    const ended = Promise.race(this.#hops.map(hop => once(hop, 'exit')))
    return Promise.race([work, ended.then(() => Promise.reject(new Error('a process of the floor ended')))])
  }

  [Symbol.dispose](): void {
    for (const hop of this.#hops) hop.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #startHop(n: number, how: string): Promise<void> {
    const next = n === 3 ? '0' : String(this.#base + n + 1)
    const file = join(import.meta.dirname, 'floor-hop.ts')
    const args = ['--import', 'tsx', file, String(this.#base + n), next, join(this.#folder, `${n}.db`), how]
    const hop = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#hops.push(hop)
    if (hop.stdout !== null) await Promise.race([once(hop.stdout, 'data'), once(hop, 'exit')])
    if (hop.exitCode !== null) throw new Error('a process of the floor did not start')
  }
}
