/** Messages in one line: for the list of conversations and for what a search found. */

/** The text without line breaks and without the most common marks of Markdown. */
export function oneLine(text: string, length = 140): string {
  const start = text.slice(0, length * 4)
  return start
    .replace(/```[^\n]*\n?/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[#>\s]+|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
}

export interface Excerpt {
  readonly before: string
  readonly match: string
  readonly after: string
}

/** The place in a text where the words stand, or else the first of them that is there, with a little around it. */
export function excerpt(text: string, words: string, around = 40): Excerpt {
  const line = oneLine(text, Number.MAX_SAFE_INTEGER)
  const found = [words, ...words.split(/\s+/)]
    .filter(word => word.trim() !== '')
    .map(word => ({ word, at: line.toLowerCase().indexOf(word.toLowerCase()) }))
    .find(({ at }) => at !== -1)
  if (found === undefined) return { before: line.slice(0, around * 2), match: '', after: '' }
  const start = Math.max(0, found.at - around)
  const end = found.at + found.word.length
  return {
    before: (start > 0 ? '…' : '') + line.slice(start, found.at),
    match: line.slice(found.at, end),
    after: line.slice(end, end + around * 2),
  }
}
