/** Texts that are cut where they are longer than whoever reads them takes. */

const CUT = '…'

/** The beginning of a text, which says so where something was left out. */
export function cut(words: string, most: number): string {
  if (words.length <= most) return words
  const kept = words.slice(0, most - CUT.length)
  // Half a character that takes two places is none.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}${CUT}`
}
