/** The answers of the 500s that are meant, each with its reason; every other one is a failure. */

type Meant = { readonly status: number; readonly code: string; readonly why: string }

export const MEANT: readonly Meant[] = [
  { status: 503, code: 'not_ready', why: 'readers of a stream are limited, and a proxy without a table cannot send' },
  { status: 507, code: 'storage_full', why: 'a disk is full' },
]

/** Why an answer is a failure; undefined for one that is meant. */
export function failureOf({ status, text }: { status: number; text: string }): string | undefined {
  if (status === -1) return 'it was not answered in time'
  if (status < 500) return undefined
  const code = /"code":"([a-z_]+)"/.exec(text)?.[1]
  return MEANT.some(meant => meant.status === status && meant.code === code)
    ? undefined
    : `it was answered ${status}: ${text}`
}
