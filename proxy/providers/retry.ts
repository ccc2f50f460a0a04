/** Whether and when a call that failed is made again. */
import { backoff } from '../../shared/process/backoff.ts'
import type { Outcome } from './exchange.ts'

export const MOST_ATTEMPTS = 3
/** Longest wait that a provider may ask for, in milliseconds. */
export const LONGEST_WAIT_MS = 60_000

/**
 * Milliseconds until the next attempt, or undefined for none. An answer of which anything was shown is not asked for
 * again, it would repeat itself; nor one that we gave up, it would be paid for twice.
 * @param attempts how many were made
 */
export function waitBeforeRetry(
  { failure, told, gaveUp }: Outcome,
  attempts: number,
  random: () => number,
): number | undefined {
  if (!failure?.retryable || told !== 'nothing' || gaveUp || attempts >= MOST_ATTEMPTS) return undefined
  const { retryAfterMs } = failure
  return retryAfterMs === undefined ? backoff(attempts, { random }) : Math.min(LONGEST_WAIT_MS, retryAfterMs)
}
