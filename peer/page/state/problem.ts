/** Failures in words for the reader. */
import { RequestError } from '../../../shared/page/request.ts'

/** The words of a refused or unanswered call. Anything else is a mistake in this page, and goes to the console too. */
export function wordsOf(error: unknown): string {
  if (error instanceof RequestError) return error.message
  console.error(error)
  return 'an unexpected error in this page; the console has the details'
}
