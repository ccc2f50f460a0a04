/** Quantiles of what was measured. */

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** @param share of the values that are smaller, from 0 to 1 @returns NaN of no values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
