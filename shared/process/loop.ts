/** One loop, never overlapping itself: do the work, then sleep until rung, then again. Only progress ends the pauses after failures. */
import { backoff } from './backoff.ts'
import type { Wake } from './wake.ts'

export type Loop = {
  readonly wake: Wake
  readonly signal: AbortSignal
  readonly random: () => number
  /** Does what waits. @returns whether more may be waiting; `stuck` when it was answered and yet nothing moved */
  readonly step: () => Promise<boolean | 'stuck'>
  readonly onFailure: (error: unknown, failures: number) => void
  /** Longest pause after a failure, in milliseconds. */
  readonly ceilingMs?: number
}

/** Resolves when the signal aborts. */
export async function runLoop({ wake, signal, random, step, onFailure, ceilingMs = 5_000 }: Loop): Promise<void> {
  let failures = 0
  const pause = (tries: number) => 50 + backoff(tries, { random, baseMs: 100, ceilingMs })
  while (!signal.aborted) {
    try {
      const more = await step()
      failures = more === 'stuck' ? failures + 1 : 0
      if (more === 'stuck') await wake.sleep(signal, pause(failures))
      else if (!more) await wake.sleep(signal)
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      onFailure(error, failures)
      await wake.sleep(signal, pause(failures))
    }
  }
}
