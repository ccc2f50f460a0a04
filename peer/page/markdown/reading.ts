/**
 * Reads a message as blocks of Markdown, by a bounded amount of work: a block that would cost too much, and what is beyond the
 * longest text that is formatted, are plain.
 */
import type { Token } from 'marked'
import { ChatLexer } from './chat-lexer.ts'
import { endOfPiece, type Part, partsOf, piecesOf } from './parts.ts'
import { type Limits, TooCostlyError, USUAL_WORK } from './work.ts'

/** So many characters are read on their own where all at once would cost too much. */
const GROUP_CHARACTERS = 2 * 1024
/** Longest block of plain text, in characters. */
const PLAIN_CHARACTERS = 4 * 1024

/** `isCostly`: it is plain because reading it as Markdown would cost too much. */
export type PlainToken = { readonly type: 'plain'; readonly raw: string; readonly isCostly: boolean }

/** Never throws: what cannot be read is plain. @param whole false while the text still grows */
export function readMarkdown(text: string, whole: boolean, limits: Limits = USUAL_WORK): readonly Token[] {
  if (text.length > limits.characters) {
    const end = endOfPiece(text, 0, limits.characters)
    return [...readMarkdown(text.slice(0, end), whole, limits), ...plainBlocks(text.slice(end))]
  }
  const parts = together(partsOf(text))
  const isTooLong = ({ raw, isCode }: Part) => raw.length > limits.part && !isCode
  const whatIsRead = parts.some(isTooLong) ? undefined : readWithin(text, whole, limits)
  // Reading all of it at once knows the definitions of links, and lists with blank lines in them.
  if (whatIsRead !== undefined) return whatIsRead
  const pieces = parts.flatMap(part => (isTooLong(part) ? inLines(part) : [part]))
  const each = { ...limits, all: Math.ceil(limits.all / 4 / pieces.length) }
  return pieces.flatMap<Token>(
    piece => (isTooLong(piece) ? undefined : readWithin(piece.raw, whole, each)) ?? plainBlocks(piece.raw),
  )
}

/** Neighbours that are short are read as one: each reading has a cost of its own. */
function together(parts: readonly Part[]): readonly Part[] {
  const groups: Part[] = []
  for (const part of parts) {
    const last = groups.at(-1)
    if (last !== undefined && last.raw.length + part.raw.length <= GROUP_CHARACTERS)
      groups[groups.length - 1] = { raw: last.raw + part.raw, isCode: false }
    else groups.push(part)
  }
  return groups
}

/** A long list or table in pieces that end with a line; a part with a longer line stays as it is. */
function inLines(part: Part): readonly Part[] {
  const pieces = piecesOf(part.raw, GROUP_CHARACTERS)
  const areLines = pieces.slice(0, -1).every(piece => piece.endsWith('\n'))
  return areLines ? pieces.map(raw => ({ raw, isCode: false })) : [part]
}

/** Undefined where already finding the blocks costs too much. */
function readWithin(text: string, whole: boolean, limits: Limits): readonly Token[] | undefined {
  try {
    const lexer = new ChatLexer(whole, limits)
    return lexer.lex(text).flatMap<Token>(token => (lexer.isUnread(token) ? plainBlocks(token.raw) : [token]))
  } catch (error) {
    if (error instanceof TooCostlyError) return undefined
    console.warn('Cannot read a part of a message as Markdown: it is shown as plain text', error)
    return [plain(text)]
  }
}

/** As it was written, in blocks that the browser can leave out while they are out of view. */
export const plainBlocks = (raw: string): readonly PlainToken[] =>
  piecesOf(raw, PLAIN_CHARACTERS).map(piece => plain(piece, true))

/** A block that is shown as it was written. */
export const plain = (raw: string, isCostly = false): PlainToken => ({ type: 'plain', raw, isCostly })

export const isPlain = (token: Token): token is PlainToken => token.type === 'plain'
