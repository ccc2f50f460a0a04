/** How a value is written where somebody repeats it: by servers, the libraries they use, and what stands in between. */

/** A shorter value is no secret but a word, such as `ollama`: its codings would be found in any text. */
export const SHORTEST_CODED = 8

/**
 * The spellings of a value, the longest first: as it is, in JSON, percent-encoded (where a URL needs it, or every character),
 * as `\u` escapes, hexadecimal, and in base64 at each of its three alignments, so that it is found within something longer
 * that was coded as a whole. Hexadecimal digits are all small or all capital. A value shorter than {@link SHORTEST_CODED} has
 * only the first three.
 */
export function spellingsOf(value: string): readonly string[] {
  const url = encodeURIComponent(value)
  const plain = [value, JSON.stringify(value).slice(1, -1), url, smallEscapes(url)]
  const all = value.length < SHORTEST_CODED ? plain : [...plain, ...codingsOf(value)]
  return [...new Set(all)].filter(spelling => spelling !== '').sort((one, other) => other.length - one.length)
}

function codingsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const hexadecimal = [hex, hex.replace(/../g, '%$&'), [...value].map(escaped).join('')]
  const base64 = [0, 1, 2].flatMap(before => alignedBase64(bytes, before))
  return [
    ...hexadecimal.flatMap(spelling => [spelling, spelling.replace(/[a-f]/g, digit => digit.toUpperCase())]),
    ...base64.flatMap(spelling => [spelling, spelling.replaceAll('+', '-').replaceAll('/', '_')]),
  ]
}

/** Of each UTF-16 unit, as JSON escapes it. */
const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, '0'))
    .map(digits => `\\u${digits}`)
    .join('')

const smallEscapes = (url: string): string => url.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase())

/** What every base64 holds in which so many bytes, modulo 3, stand before these, at its end (without padding) and further on. */
function alignedBase64(bytes: Buffer, before: number): string[] {
  const coded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  // A character holds six bits: the ones at the edges hold bits of the neighbours as well.
  const begin = Math.ceil((before * 8) / 6)
  const end = Math.floor(((before + bytes.length) * 8) / 6)
  return [coded.slice(begin), coded.slice(begin, end)]
}
