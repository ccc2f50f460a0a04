/** What was typed into a key form, as the change that is sent; or what is wrong with it, at its field. */
import { CredentialChange } from '../../../shared/protocol/control.ts'
import type { ApiKind } from '../../../shared/protocol/route.ts'

export type KeyIssue = { readonly field: 'value' | 'origins' | ''; readonly words: string }
type Typed = { readonly provider: ApiKind; readonly value: string; readonly origins: string }
type Known = { readonly origins: readonly string[] }

const lines = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map(line => line.trim())
    .filter(Boolean)

/** An empty key means "unchanged" and is only possible where one is set; so do origins that stayed as they were. */
export function keyChange(typed: Typed, known: Known | undefined): { change: CredentialChange } | { issue: KeyIssue } {
  const value = typed.value.trim()
  const sameOrigins = known !== undefined && lines(typed.origins).join(' ') === known.origins.join(' ')
  if (value === '' && (known === undefined || sameOrigins))
    return { issue: { field: 'value', words: 'Type or paste the key.' } }
  return typedKey(typed, known)
}

/** The same for a test, which a saved key passes too. */
export function typedKey(typed: Typed, known: Known | undefined): { change: CredentialChange } | { issue: KeyIssue } {
  const value = typed.value.trim()
  const origins = lines(typed.origins)
  const sameOrigins = known !== undefined && origins.join(' ') === known.origins.join(' ')
  if (value === '' && known === undefined) return { issue: { field: 'value', words: 'Type or paste the key.' } }
  const result = CredentialChange.safeParse({
    provider: typed.provider,
    ...(value !== '' && { value }),
    ...(origins.length > 0 && !sameOrigins && { origins }),
  })
  if (result.success) return { change: result.data }
  const issue = result.error.issues[0]
  const [field, index] = issue?.path ?? []
  if (field === 'origins')
    return { issue: { field, words: `${origins[Number(index)] ?? 'The list'}: ${issue?.message}` } }
  return { issue: { field: 'value', words: `The key ${issue?.message}` } }
}
