/** What an upstream says in a body that is no answer: in which field, of which type and how deep it may be. */
import { parsedJson } from './read-json.ts'

/**
 * `said` are its sentences, the outermost first; `names` its codes and types; `status` an HTTP status that it tells.
 * `isPlain` where it is a page or bare text.
 */
export type Heard = {
  readonly said: string | undefined
  readonly isPlain: boolean
  readonly names: readonly string[]
  readonly status: number | undefined
}

type Found = { sentences: string[]; readonly names: string[]; readonly statuses: number[]; readonly words: string[] }

/** Fields that hold a sentence, or an object that has one. */
const SAYING = ['message', 'msg', 'detail', 'error', 'errors', 'error_description', 'error_message', 'title'] as const
/** Fields that repeat what another server said; OpenRouter's `metadata.raw` is JSON in a text. */
const REPEATING = ['metadata', 'raw', 'cause', 'innererror'] as const
const NAMING = ['code', 'type', 'status', 'error_code', 'error_type', 'provider_error_code', 'statusCode'] as const

/** A server repeats another one that repeats another: no deeper than this. */
const DEEPEST = 8
const MOST_SENTENCES = 5
const MOST_NAMES = 64
/** Longest JSON that an error is looked for in, longest text that is taken for words, and most that is told of all. */
const LONGEST = { json: 64 * 1024, words: 8 * 1024, said: 4_000 } as const

/** Never throws. Half a piece of JSON says nothing; a page says its title; other text says itself. */
export function heardIn(text: string): Heard {
  const found: Found = { sentences: [], names: [], statuses: [], words: [] }
  const value = text.length > LONGEST.json ? undefined : valueIn(text)
  if (value !== undefined) hear(value, found, 0)
  else {
    const sentence = plainText(text)
    if (sentence !== undefined) found.sentences.push(sentence)
  }
  const { names, statuses, words } = found
  return {
    said: (joined(found.sentences) ?? words[0] ?? numberOf(names))?.slice(0, LONGEST.said),
    isPlain: value === undefined,
    names,
    status: statuses[0],
  }
}

/** What is quoted of an answer with this status: a page alone may be of anybody, so that the status goes before it. */
export function quoteOf({ said, isPlain }: Heard, status: number): string {
  if (said === undefined) return `status ${status}`
  return isPlain && status !== 200 && !said.includes(String(status)) ? `status ${status}: ${said}` : said
}

function numberOf(names: readonly string[]): string | undefined {
  const number = names.find(name => /^\d+$/.test(name))
  return number === undefined ? undefined : `code ${number}`
}

/** JSON, or the first of it where it comes in lines or in the frames of a stream. */
function valueIn(text: string): unknown {
  const whole = parsedJson(text)
  if (whole !== undefined) return whole
  for (const line of text.split('\n', 20)) {
    const value = parsedJson(line.replace(/^(?:data|error):/, ''))
    if (typeof value === 'object' && value !== null) return value
  }
  return undefined
}

function hear(value: unknown, found: Found, depth: number): void {
  if (depth > DEEPEST || found.sentences.length > MOST_SENTENCES) return
  if (typeof value === 'string') hearText(value, found, depth)
  else if (Array.isArray(value)) hearList(value, found, depth)
  else if (typeof value === 'object' && value !== null) hearFields(new Map(Object.entries(value)), found, depth)
  else if (typeof value === 'number') noteName(value, found)
}

function hearFields(fields: ReadonlyMap<string, unknown>, found: Found, depth: number): void {
  for (const name of NAMING) noteName(fields.get(name), found)
  const before = found.sentences.length
  for (const name of SAYING) hearField(name, fields.get(name), found, depth)
  const place = placeOf(fields.get('loc'))
  if (place !== '' && found.sentences.length > before)
    found.sentences[before] = `${place}: ${found.sentences[before] ?? ''}`
  for (const name of REPEATING) hear(fields.get(name), found, depth + 1)
}

/** `"error": "invalid_request"` is a name, `"error": "Not enough credit"` a sentence. */
function hearField(field: string, value: unknown, found: Found, depth: number): void {
  if (field === 'error' && typeof value === 'string' && /^[\w.-]+$/.test(value)) {
    found.names.push(value)
    found.words.push(value)
  } else hear(value, found, depth + 1)
}

/** What is wrong with each of several fields is one sentence. */
function hearList(values: readonly unknown[], found: Found, depth: number): void {
  const parts = values.slice(0, MOST_SENTENCES).flatMap(value => {
    const inner: Found = { ...found, sentences: [] }
    hear(value, inner, depth + 1)
    return joined(inner.sentences) ?? []
  })
  if (parts.length > 0) found.sentences.push(parts.join('; '))
}

/** A sentence, which may end in the whole JSON of somebody else. */
function hearText(text: string, found: Found, depth: number): void {
  const [start, end] = [text.search(/\{\s*"|\[\s*\{/), Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))]
  const within = start < 0 ? undefined : parsedJson(text.slice(start, end + 1))
  const inner: Found = { ...found, sentences: [] }
  if (within !== undefined) hear(within, inner, depth + 1)
  if (inner.sentences.length === 0) return void found.sentences.push(withoutTags(text))
  const before = text.slice(0, start).replace(/(?<![\s:–-])[\s:–-]+$/, '')
  found.sentences.push(before, ...inner.sentences)
}

function noteName(value: unknown, found: Found): void {
  if ((typeof value !== 'string' && typeof value !== 'number') || found.names.length >= MOST_NAMES) return
  const name = String(value).trim()
  const status = /^[45]\d\d$/.test(name) ? Number(name) : undefined
  if (status !== undefined) found.statuses.push(status)
  else if (name !== '') found.names.push(name)
}

/** The field that a sentence of FastAPI is about. */
const placeOf = (loc: unknown): string => (Array.isArray(loc) ? loc.filter(part => part !== 'body').join('.') : '')

function joined(sentences: readonly string[]): string | undefined {
  const trimmed = sentences.map(sentence => sentence.trim()).filter(sentence => sentence !== '')
  const whole = [...new Set(trimmed)].filter(one => !trimmed.some(other => other !== one && other.includes(one)))
  const [last] = whole.slice(-1)
  if (last === undefined) return undefined
  const before = whole.slice(0, -1).map(sentence => sentence.replace(/\.$/, ''))
  return [...before, last].slice(0, MOST_SENTENCES).join(': ')
}

function plainText(text: string): string | undefined {
  const sentence = withoutTags(text)
  return !/\p{L}/u.test(sentence) || /^[[{]/.test(sentence) ? undefined : sentence
}

/** Of a page its title, else its first heading, else its text. */
function withoutTags(whole: string): string {
  const text = whole.slice(0, LONGEST.words)
  const isPage = /<(?:!doctype|html|head|body|title|h1)\b/i.test(text)
  const heading = isPage && /<(title|h1)\b[^>]*>([\s\S]*?)<\/\1>/i.exec(text)?.[2]
  return (isPage ? (heading || text).replace(/<[^<>]*>/g, ' ') : text).replace(/\s+/g, ' ').trim()
}
