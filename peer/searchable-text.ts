/**
 * What a search compares. A text and what somebody types become alike: without case, accents and what cannot be seen.
 * The index holds every three characters that stand together (FTS5's trigram), so a part of a word is found from three
 * characters on. Shorter parts are written beside the text in a form of three characters: `" ab"` for a pair and
 * `"\na\n"` for a single one. No longer part is found in those: it holds neither a space nor a line break.
 */

/** Accents (but not the voicing marks of Japanese), points of Hebrew and Arabic, joiners, variation selectors, soft hyphens. */
const UNSEEN = /\p{Cf}|\u0640|(?![\u3099\u309a])\p{Script=Inherited}|(?=\p{Mn})[\p{Script=Hebrew}\p{Script=Arabic}]/gu
const BLANK = /[\s\p{Cc}]+/gu
const LETTER = /[\p{L}\p{N}\p{M}]/u
/** Scripts that do not set words apart by spaces, or join what would be words elsewhere. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u
const ASCII_ONLY = /^[\x20-\x7e]*$/

/** The text as it is compared: one space between words, none at its ends. */
export function fold(text: string): string {
  const spaced = text.replace(BLANK, ' ').trim()
  if (ASCII_ONLY.test(spaced)) return spaced.toLowerCase()
  const bare = spaced.normalize('NFKD').replace(UNSEEN, '').toUpperCase().toLowerCase()
  // Upper case has taken letters apart once more (ŉ, ΐ); composed, a syllable of Korean is one character again.
  return bare.normalize('NFKD').replace(UNSEEN, '').normalize('NFKC').replaceAll('ς', 'σ').replace(BLANK, ' ').trim()
}

/** What the index is given for a message. */
export function indexedText(message: string): string {
  const written = fold(message)
  const words = new Set(written.split(' '))
  const seen = fold(withoutMarks(message))
  const others = seen === written ? [] : seen.split(' ').filter(word => !words.has(word))
  const text = [written, ...new Set(others)].join(' ')
  const { singles, pairs } = shortParts(text)
  return ` ${[text, ...pairs].join(' ')}\n${[...singles].join('\n')}\n`
}

/** The query in FTS5's words: every part has to be there. Undefined where nothing is asked for. */
export function matchExpression(query: string): string | undefined {
  const parts = fold(query).split(' ')
  const terms = parts.filter(part => part !== '').map(term)
  return terms.length === 0 ? undefined : terms.map(text => `"${text.replaceAll('"', '""')}"`).join(' ')
}

function term(part: string): string {
  const length = [...part].length
  if (length === 1) return `\n${part}\n`
  return length === 2 ? ` ${part}` : part
}

/**
 * Of a word that spaces set apart its beginning; of signs, and of scripts without spaces, every character and every two
 * that stand side by side. A pair behind a space is in the text itself.
 */
function shortParts(text: string): { singles: Set<string>; pairs: Set<string> } {
  const singles = new Set<string>()
  const pairs = new Set<string>()
  // Of the character before: no objects, since a long text has a million of them.
  let before = ' '
  let wasInWord = false
  let startedWord = false
  let wasAfterSpace = false
  for (const character of text) {
    const inWord = isInWord(character)
    const afterSpace = before === ' '
    const isWithinWord = inWord && wasInWord
    if (character !== ' ' && !isWithinWord) singles.add(character)
    if (character !== ' ' && !afterSpace && !wasAfterSpace && (!isWithinWord || startedWord))
      pairs.add(before + character)
    startedWord = inWord && !wasInWord
    before = character
    wasInWord = inWord
    wasAfterSpace = afterSpace
  }
  return { singles, pairs }
}

const isInWord = (character: string): boolean => LETTER.test(character) && !UNSPACED.test(character)

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text without the marks of Markdown that a page does not show, as far as they stand within words. */
export function withoutMarks(text: string): string {
  if (!/[\\*_~`[&]/.test(text)) return text
  return text
    .replace(/!?\[([^[\]]*)\]\([^()\s]*\)/g, '$1')
    .replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos|nbsp);/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/\\([!-/:-@[-`{-~])|\*+|~~|`+|(?<![\p{L}\p{N}_])_{1,3}|_{1,3}(?![\p{L}\p{N}_])/gu, '$1')
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
