/** What an attack costs the others while it lasts, and how soon all of it is back: time, by one run's own quiet phase, and memory. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { median } from '../harness/quantile.ts'
import { type Order, Probed } from './probe.ts'
import { memoryOf } from './watch.ts'

const WINDOW_MS = 1_500
const WINDOWS = 4
const SAMPLE_MS = 100
/** Within this all of it must be back. */
export const BACK_MS = 30_000
/** What a process may hold more than before and still count as back, in MB: garbage that nobody had reason to collect yet. */
const LEFT_MB = 50

export type Cost = {
  /** 99th percentile of the others' calls, in milliseconds: quiet, and under attack; medians over windows. */
  readonly quietMs: number
  readonly attackedMs: number
  /** Most memory above that of before, in MB: of one process, and of all together. */
  readonly most: { readonly name: string; readonly mb: number }
  readonly sumMb: number
  /** After so many milliseconds each process held as much as before, up to {@link LEFT_MB}; NaN where that took longer than {@link BACK_MS}. */
  readonly backMs: number
}

/** Others who call from a process of their own. */
export class Others implements Disposable {
  readonly #child = fork(join(import.meta.dirname, 'prober.ts'), { execArgv: ['--import', 'tsx'] })
  readonly #urls: readonly string[]

  constructor(urls: readonly string[]) {
    this.#urls = urls
  }

  /** The 99th percentile of their calls, in milliseconds: the median of several windows. */
  async p99(): Promise<number> {
    const windows: number[] = []
    for (let window = 0; window < WINDOWS; window += 1) {
      const order: Order = { urls: [...this.#urls], ms: WINDOW_MS }
      this.#child.send(order)
      const [probed] = await once(this.#child, 'message')
      windows.push(Probed.parse(probed).p99)
    }
    return median(windows)
  }

  [Symbol.dispose](): void {
    this.#child.disconnect()
  }
}

/**
 * @param others who call meanwhile
 * @param attack begins it; it lasts until it is disposed
 */
export async function costOf(
  attack: () => Promise<AsyncDisposable>,
  { pids, others }: { pids: ReadonlyMap<string, number>; others: Others },
): Promise<Cost> {
  const memory = () => new Map([...pids].map(([name, pid]) => [name, memoryOf(pid)]))
  const quietMs = await others.p99()
  const before = memory()
  let most = { name: '', mb: 0 }
  let sumMb = 0
  const sample = () => {
    const grown = [...memory()].map(([name, mb]) => ({ name, mb: mb - (before.get(name) ?? 0) }))
    for (const one of grown) if (one.mb > most.mb) most = one
    sumMb = Math.max(
      sumMb,
      grown.reduce((sum, { mb }) => sum + mb, 0),
    )
    return grown
  }
  const timer = setInterval(sample, SAMPLE_MS)
  const running = await attack()
  const attackedMs = await others.p99()
  await running[Symbol.asyncDispose]()
  clearInterval(timer)
  const ended = performance.now()
  while (sample().some(({ mb }) => mb > LEFT_MB) && performance.now() - ended < BACK_MS)
    await new Promise(resolve => setTimeout(resolve, SAMPLE_MS))
  const backMs = performance.now() - ended
  return { quietMs, attackedMs, most, sumMb, backMs: backMs < BACK_MS ? backMs : Number.NaN }
}

export const inFigures = ({ quietMs, attackedMs, most, sumMb, backMs }: Cost): string =>
  `p99 × ${(attackedMs / quietMs).toFixed(1)} (${quietMs.toFixed(1)} → ${attackedMs.toFixed(1)} ms), at most +${most.mb.toFixed(0)} MB (${most.name || 'none'}), +${sumMb.toFixed(0)} MB in all, back after ${Number.isNaN(backMs) ? 'more than 30' : (backMs / 1_000).toFixed(1)} s`
