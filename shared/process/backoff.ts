/** How long to wait before trying again: full jitter, so that many who failed together do not return together. */

/** @returns milliseconds: random between 0 and `min(ceiling, base · 2^failures)` */
export function backoff(
  failures: number,
  options: { random: () => number; baseMs?: number; ceilingMs?: number },
): number {
  const { random, baseMs = 500, ceilingMs = 60_000 } = options
  return random() * Math.min(ceilingMs, baseMs * 2 ** Math.min(failures, 20))
}
