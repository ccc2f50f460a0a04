/** Where on the dashboard that can be mended for which an AI gave no answer. */
import type { Metadata } from '../../../shared/protocol/message.ts'

/** Undefined where the dashboard has nothing that would help. Who says the code may be anybody: only known ones lead anywhere. */
export function whereToMend(
  error: Metadata['error'],
  dashboard: string | undefined,
): { readonly href: string; readonly words: string } | undefined {
  if (error === undefined || dashboard === undefined) return undefined
  switch (error.code) {
    case 'wrong_key':
      return { href: `${dashboard}/#/credentials`, words: 'Open credentials' }
    case 'unknown_model':
    case 'bad_request':
    case 'not_allowed':
    case 'broken_answer':
      return { href: `${dashboard}/#/proxies`, words: 'Open routes' }
    default:
      return undefined
  }
}
