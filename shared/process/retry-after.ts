/** How long whoever refused a call asks to wait, read from the headers of the refusal. */

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One header's value, whichever way it came. */
export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/**
 * Milliseconds from `retry-after-ms` or `retry-after` (seconds or an HTTP date in any of its three forms, which is compared
 * with the answer's own `date`, else with `now`). Undefined where the headers say nothing that can be read.
 */
export function retryAfterOf(headers: AnswerHeaders, now?: number): number | undefined {
  return (
    milliseconds(headerOf(headers, 'retry-after-ms'), 1) ??
    milliseconds(headerOf(headers, 'retry-after'), 1000) ??
    untilDate(headers, now)
  )
}

function milliseconds(value: string | undefined, unit: number): number | undefined {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined
  return Math.ceil(Number(value) * unit)
}

function untilDate(headers: AnswerHeaders, now = Number.NaN): number | undefined {
  const date = httpDate(headerOf(headers, 'date'))
  const until = httpDate(headerOf(headers, 'retry-after')) - (Number.isNaN(date) ? now : date)
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}

/** The form of C's `asctime` names no zone and means Greenwich (RFC 9110, 5.6.7). */
function httpDate(value = ''): number {
  if (!/^\s*[a-z]{3}/i.test(value)) return Number.NaN
  return Date.parse(/ gmt\s*$/i.test(value) ? value : `${value} GMT`)
}
