/** What was typed into a key form, as the change that is sent; or what is wrong with it, at its field. */
import { CredentialChange } from '../../../shared/protocol/control.ts'
import { type ApiKind, foreignOrigins } from '../../../shared/protocol/route.ts'
import { originOf } from '../../../shared/protocol/web-address.ts'

export type KeyIssue = { readonly field: 'value' | 'origins' | ''; readonly words: string }
/** `confirmed`: whoever typed the key said that it may go to the origins that are not the provider's own. */
type Typed = {
  readonly provider: ApiKind
  readonly value: string
  readonly origins: string
  readonly confirmed: boolean
}
type Known = { readonly origins: readonly string[] }

/** The lines of the list, as they were typed. */
export const originLines = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** Those of the list that are addresses and not the provider's own. */
export const foreignIn = (provider: ApiKind, text: string): string[] =>
  foreignOrigins(
    provider,
    originLines(text).flatMap(line => (URL.canParse(line) ? [originOf(line)] : [])),
  )

/** An empty key means "unchanged" and is only possible where one is set; so do origins that stayed as they were. */
export function keyChange(typed: Typed, known: Known | undefined): { change: CredentialChange } | { issue: KeyIssue } {
  if (typed.value.trim() === '' && (known === undefined || isSame(typed, known)))
    return { issue: { field: 'value', words: 'Type or paste the key.' } }
  return typedKey(typed, known)
}

/** The same for a test, which a saved key passes too. A new key is sent with the origins that the form shows. */
export function typedKey(typed: Typed, known: Known | undefined): { change: CredentialChange } | { issue: KeyIssue } {
  const value = typed.value.trim()
  const origins = originLines(typed.origins)
  if (value === '' && known === undefined) return { issue: { field: 'value', words: 'Type or paste the key.' } }
  const isSent = origins.length > 0 && (value !== '' || !isSame(typed, known))
  const result = CredentialChange.safeParse({
    provider: typed.provider,
    ...(value !== '' && { value }),
    ...(isSent && { origins }),
  })
  if (!result.success) {
    const issue = result.error.issues[0]
    const [field, index] = issue?.path ?? []
    if (field === 'origins')
      return { issue: { field, words: `${origins[Number(index)] ?? 'The list'}: ${issue?.message}` } }
    return { issue: { field: 'value', words: `The key ${issue?.message}` } }
  }
  const foreign = foreignIn(typed.provider, typed.origins)
  if (value === '' || foreign.length === 0 || typed.confirmed) return { change: result.data }
  const words = `Tick the box if the new key may go to ${foreign.join(', ')}; otherwise take it out of the list.`
  return { issue: { field: 'origins', words } }
}

const isSame = ({ origins }: Typed, known: Known | undefined): boolean =>
  known !== undefined && originLines(origins).join(' ') === known.origins.join(' ')
