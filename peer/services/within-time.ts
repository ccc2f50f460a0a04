/** Runs what others wrote: it may throw, and it may never end. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PublisherDesk } from './definition.ts'

/** It was given up: what comes of it later is ignored. */
export class TooSlowError extends Error {
  constructor(ms: number) {
    super(`it took longer than ${ms / 1000} seconds`)
  }
}

export type Surroundings = {
  readonly random: () => number
  readonly now: () => Date
  readonly deadlineMs: number
  /** Aborts when the service stops. */
  readonly signal: AbortSignal
}

/** @throws {TooSlowError}, what `work` throws, and the signal's reason at the stop */
export async function runWithinTime<T>(
  work: (desk: PublisherDesk) => T | Promise<T>,
  { random, now, deadlineMs, signal: stop }: Surroundings,
): Promise<T> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(new TooSlowError(deadlineMs)), deadlineMs)
  const signal = AbortSignal.any([stop, over.signal])
  let end = () => {}
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason)
  })
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  const pause = async (ms: number) => sleep(ms, undefined, { signal })
  try {
    return await Promise.race([Promise.resolve({ random, now, pause, signal }).then(work), ended])
  } finally {
    clearTimeout(timer)
    // Node keeps a composed signal as long as somebody listens to it.
    signal.removeEventListener('abort', end)
  }
}
