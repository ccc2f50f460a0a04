/** Text without halves of characters: a lone half of a surrogate pair is no Unicode, and APIs refuse it. */

/** Each lone half becomes U+FFFD. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD')

/** The first `length` code units, or one less where the cut would halve a character. */
export function beginning(text: string, length: number): string {
  return endsInHalf(text.slice(0, length)) ? text.slice(0, length - 1) : text.slice(0, length)
}

/** Whether the text ends with the first half of a character. */
export const endsInHalf = (text: string): boolean => /[\uD800-\uDBFF]$/.test(text)
