/** What an attack costs the others while it lasts, and how soon all of it is back: time, by one run's own quiet phase, and memory. */
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { median, quantile } from '../harness/quantile.ts'
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

/** Calls of others, one after another on each connection, while a window lasts. @returns how long each took */
async function askThroughout(urls: readonly string[], ms: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const end = performance.now() + ms
  const times: number[] = []
  const one = (url: string) =>
    new Promise<void>((resolve, reject) => {
      const began = performance.now()
      const outgoing = request(url, { agent, timeout: 20_000 }, response => {
        response.resume().once('end', () => {
          times.push(performance.now() - began)
          resolve()
        })
      })
      outgoing
        .on('timeout', () => outgoing.destroy(new Error(`${url} did not answer`)))
        .on('error', reject)
        .end()
    })
  const caller = async (url: string) => {
    while (performance.now() < end) {
      await one(url)
      // Others ask now and then: a caller that never rests would be an attack itself.
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  await Promise.all(urls.map(caller))
  agent.destroy()
  return times
}

async function p99(urls: readonly string[]): Promise<number> {
  const windows: number[] = []
  for (let window = 0; window < WINDOWS; window += 1) windows.push(quantile(await askThroughout(urls, WINDOW_MS), 0.99))
  return median(windows)
}

/**
 * @param others the calls that others make meanwhile
 * @param attack begins it; it lasts until it is disposed
 */
export async function costOf(
  attack: () => Promise<AsyncDisposable>,
  { pids, others }: { pids: ReadonlyMap<string, number>; others: readonly string[] },
): Promise<Cost> {
  const memory = () => new Map([...pids].map(([name, pid]) => [name, memoryOf(pid)]))
  const quietMs = await p99(others)
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
  const attackedMs = await p99(others)
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
