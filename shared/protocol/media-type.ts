/** What a `content-type` header names, whatever its capitals and parameters. */

/** Such as `text/event-stream` for `Text/Event-Stream; Charset=UTF-8`; undefined where there is none. */
export function mediaTypeOf(header: string | readonly string[] | null | undefined): string | undefined {
  const value = typeof header === 'string' ? header : header?.[0]
  const type = value?.split(';')[0]?.trim().toLowerCase()
  return type === '' ? undefined : type
}
