/** Whether and when a call that failed is made again. */
import { backoff } from '../../shared/process/backoff.ts'
import type { Outcome } from './exchange.ts'

export const MOST_ATTEMPTS = 3
/** Longest wait that a provider may ask for while somebody waits for its answer, in milliseconds. */
export const LONGEST_WAIT_MS = 60_000

/**
 * Milliseconds until the next attempt, or undefined for none. An answer of which anything was shown is not asked for
 * again, it would repeat itself; nor one that we gave up, it would be paid for twice. Nobody is asked before the time that
 * it named: one that asks for more patience than there is, is not asked again at all.
 * @param attempts how many were made
 */
export function waitBeforeRetry(
  { failure, told, gaveUp }: Outcome,
  attempts: number,
  random: () => number,
): number | undefined {
  if (!failure?.retryable || told !== 'nothing' || gaveUp || attempts >= MOST_ATTEMPTS) return undefined
  const { retryAfterMs } = failure
  if (retryAfterMs === undefined) return backoff(attempts, { random })
  return retryAfterMs > LONGEST_WAIT_MS ? undefined : retryAfterMs
}
