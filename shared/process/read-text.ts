/** The one place that reads a text from outside: UTF-8 without its byte order mark, line ends as they are; other bytes are refused with their place. */
import { isUtf8 } from 'node:buffer'
import { errorText } from '../protocol/errors.ts'
import { CONFIGURATION, type FileRules, readFile } from './open-file.ts'

const NEWLINE = 0x0a
const REMEDY = 'Save it as UTF-8'

/** Says, as the end of a sentence that names the file, what the bytes are instead of UTF-8, or where they cease to be. */
export class NotUtf8Error extends Error {}

/** @throws {NotUtf8Error | UnfitFileError} and, where there is no such file, what the system says of it */
export const readText = (file: string, rules: FileRules = CONFIGURATION): string => textOf(readFile(file, rules))

/** @throws {Error} whose message says, as the end of a sentence that names the file, why there is no value */
export const readJson = (file: string, rules: FileRules = CONFIGURATION): unknown => jsonOf(readText(file, rules))

/** @throws {Error} as `readJson` */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`it is not JSON (${errorText(error)})`)
  }
}

/** @param line the number of the first line, where the bytes are a part of something longer @throws {NotUtf8Error} */
export function textOf(bytes: Uint8Array, { line = 1 } = {}): string {
  const other = otherEncoding(bytes)
  if (other !== undefined) throw new NotUtf8Error(`it is ${other}, not UTF-8. ${REMEDY}`)
  if (!isUtf8(bytes)) throw new NotUtf8Error(`it is not UTF-8: ${wordsOf(firstFault(bytes, line))}. ${REMEDY}`)
  return new TextDecoder().decode(bytes)
}

/** By its mark; without one, by the zero byte that each character of ASCII has there. */
function otherEncoding(bytes: Uint8Array): 'UTF-32' | 'UTF-16' | undefined {
  const [a, b, c, d] = bytes
  const head = (...wanted: number[]) => wanted.every((byte, index) => bytes[index] === byte)
  if (head(0xff, 0xfe, 0, 0) || head(0, 0, 0xfe, 0xff)) return 'UTF-32'
  if (head(0xff, 0xfe) || head(0xfe, 0xff)) return 'UTF-16'
  if (c === undefined || d === undefined) return undefined
  const isBigEndian = a === 0 && b !== 0 && c === 0 && d !== 0
  const isLittleEndian = a !== 0 && b === 0 && c !== 0 && d === 0
  return isBigEndian || isLittleEndian ? 'UTF-16' : undefined
}

/** `line` and `column` count from 1, the column in characters. */
type Fault = { readonly byte: number; readonly line: number; readonly column: number }

const wordsOf = ({ byte, line, column }: Fault): string =>
  `the byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')} in line ${line}, column ${column} belongs to no character`

/** A line end is never part of another character: what is wrong is wrong within one line. */
function firstFault(bytes: Uint8Array, firstLine: number): Fault {
  for (let line = firstLine, start = 0; ; line += 1) {
    const end = bytes.indexOf(NEWLINE, start)
    const content = bytes.subarray(start, end === -1 ? bytes.length : end)
    if (!isUtf8(content)) {
      const before = soundBeginning(content)
      return { byte: content[Buffer.byteLength(before)] ?? 0, line, column: before.replace('\uFEFF', '').length + 1 }
    }
    start = end + 1
  }
}

/** The whole characters before the first byte that is none. */
function soundBeginning(bytes: Uint8Array): string {
  let [sound, wrong] = [0, bytes.length + 1]
  while (wrong - sound > 1) {
    const middle = Math.floor((sound + wrong) / 2)
    if (beginning(bytes, middle) === undefined) wrong = middle
    else sound = middle
  }
  return beginning(bytes, sound) ?? ''
}

/** A character that the end cuts is left out. */
function beginning(bytes: Uint8Array, length: number): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), {
      stream: true,
    })
  } catch {
    return undefined
  }
}
