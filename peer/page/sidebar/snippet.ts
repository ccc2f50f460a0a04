/** Messages in one line: for the list of conversations and for what a search found. */
import { fold } from '../../searchable-text.ts'

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

/** Characters of a text in which the words are sought: a page of long messages is shown at once. */
const LOOKED_AT = 4_000

export interface Excerpt {
  readonly before: string
  readonly match: string
  readonly after: string
}

/** The place in a text where the words stand, or else the first of them that is there, with a little around it. */
export function excerpt(text: string, words: string, around = 40): Excerpt {
  const line = oneLine(text, Number.MAX_SAFE_INTEGER)
  const folded = foldEach(line)
  const place = [words, ...words.split(/\s+/)]
    .map(fold)
    .filter(word => word !== '')
    .map(word => placeOf(word, folded))
    .find(found => found !== undefined)
  if (place === undefined) return { before: line.slice(0, around * 2), match: '', after: '' }
  const start = Math.max(0, place.start - around)
  return {
    before: (start > 0 ? '…' : '') + line.slice(start, place.start),
    match: line.slice(place.start, place.end),
    after: line.slice(place.end, place.end + around * 2),
  }
}

/** A text as a search compares it; `from` holds, for each of its units, where in the text that was written it comes from. */
interface Folded {
  readonly text: string
  readonly from: readonly number[]
  readonly end: number
}

/** Character by character, so that each is known to come from its place. What stands far behind is not looked at. */
function foldEach(line: string): Folded {
  const from: number[] = []
  let text = ''
  let at = 0
  for (const character of line.slice(0, LOOKED_AT)) {
    const folded = character === ' ' ? ' ' : fold(character)
    for (let unit = 0; unit < folded.length; unit += 1) from.push(at)
    text += folded
    at += character.length
  }
  return { text, from, end: at }
}

function placeOf(word: string, { text, from, end }: Folded): { start: number; end: number } | undefined {
  const at = text.indexOf(word)
  const start = from[at]
  return start === undefined ? undefined : { start, end: from[at + word.length] ?? end }
}
