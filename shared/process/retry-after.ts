/** How long whoever refused a call asks to wait, read from the headers of the refusal. */

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One header's value, whichever way it came. */
export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/**
 * Milliseconds from `retry-after-ms` or `retry-after` (seconds or an HTTP date, which is compared with the answer's
 * own `date`). Undefined where the headers say nothing that can be read.
 */
export function retryAfterOf(headers: AnswerHeaders): number | undefined {
  return (
    milliseconds(headerOf(headers, 'retry-after-ms'), 1) ??
    milliseconds(headerOf(headers, 'retry-after'), 1000) ??
    untilDate(headers)
  )
}

function milliseconds(value: string | undefined, unit: number): number | undefined {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined
  return Math.ceil(Number(value) * unit)
}

function untilDate(headers: AnswerHeaders): number | undefined {
  const until = Date.parse(headerOf(headers, 'retry-after') ?? '') - Date.parse(headerOf(headers, 'date') ?? '')
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}
