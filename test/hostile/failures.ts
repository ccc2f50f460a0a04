/** The answers of the 500s that are meant, each with its reason; every other one is a failure. */

type Meant = { readonly status: number; readonly code: string; readonly why: string }

/** No disk fails here: that a write failed is not among them. */
export const MEANT: readonly Meant[] = [
  {
    status: 503,
    code: 'not_ready',
    why: 'readers and unread answers are bounded; a proxy without a table cannot send',
  },
  { status: 503, code: 'proxy_offline', why: 'a key or a route is tried by a proxy that is not there' },
  { status: 503, code: 'too_many_proxies', why: 'the controller knows so many proxies and no more' },
  { status: 503, code: 'outbox_full', why: 'what waits to be delivered is bounded' },
  { status: 503, code: 'inbox_full', why: 'what waits for the own peer is bounded' },
  { status: 507, code: 'document_full', why: 'what the controller keeps is bounded' },
]

/** Why an answer is a failure; undefined for one that is meant. @param route such as `GET /readyz` */
export function failureOf({ status, text }: { status: number; text: string }, route: string): string | undefined {
  if (status === -1) return 'it was not answered in time'
  // It is how a process says that it is not ready.
  if (status < 500 || (status === 503 && route === 'GET /readyz')) return undefined
  const code = /"code":"([a-z_]+)"/.exec(text)?.[1]
  return MEANT.some(meant => meant.status === status && meant.code === code)
    ? undefined
    : `it was answered ${status}: ${text}`
}
