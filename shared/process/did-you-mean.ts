/** What was meant by a word that is not known: the known one from which the fewest letters differ. */

/** @returns ` Did you mean --demo?`, with a space before; empty where no known word is near */
export function didYouMean(word: string, known: readonly string[]): string {
  const most = Math.max(1, Math.floor(word.replace(/^-+/, '').length / 3))
  const near = known
    .map(name => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= most || (word.length > 3 && name.startsWith(word)))
    .sort((a, b) => a.distance - b.distance)
  return near[0] === undefined ? '' : ` Did you mean ${near[0].name}?`
}

/** How many letters are put in, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(a.length, b.length)
}
