/** Where a text stops being JSON, and what is wrong there, for whoever wrote it by hand. */
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no value, and no name in double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a name in double quotes is missing, or the comma before is one too many',
  ValueExpected: 'a value is missing, or the comma before is one too many',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing, or the end of the list or object',
  CloseBraceExpected: 'a } is missing',
  CloseBracketExpected: 'a ] is missing',
  EndOfFileExpected: 'there is more after the end',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'a text has no closing quote on its line',
  UnexpectedEndOfNumber: 'a number is cut off',
  InvalidUnicode: 'after \\u there must be four hexadecimal digits',
  InvalidEscapeCharacter: 'after \\ there must be one of " \\ / b f n r t u',
  InvalidCharacter: 'a text holds a character that must be written as \\u and four digits',
}

/** Such as `line 3, column 5: a comma is missing`, both counted from 1; undefined for a text that is JSON. */
export function jsonProblem(text: string): string | undefined {
  const found: ParseError[] = []
  try {
    parse(text, found, { disallowComments: true, allowTrailingComma: false })
  } catch (error) {
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
  const [first] = found
  if (first === undefined) return undefined
  const before = text.slice(0, first.offset).split(/\r\n|\r|\n/)
  const word = WORDS[printParseErrorCode(first.error)] ?? 'this is not JSON'
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${word}`
}
