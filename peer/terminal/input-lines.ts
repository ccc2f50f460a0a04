/** The lines of a pipe, each as a text, or as the reason why it is none: what is not UTF-8 in one of them does not touch the others. */
import { NotUtf8Error, textOf } from '../../shared/process/read-text.ts'
import { RefusedLineError } from './carry-out.ts'

export type InputLine = { readonly number: number; readonly text: string | RefusedLineError }

/** Line ends are those of every system. A byte order mark, as each joined file brings one, is passed over. */
export async function* inputLines(stdin: NodeJS.ReadableStream): AsyncGenerator<InputLine> {
  let number = 0
  for await (const bytes of byteLines(stdin)) {
    const text = decoded(bytes, number + 1)
    for (const part of typeof text === 'string' ? text.replace(/\r$/, '').split('\r') : [text]) {
      number += 1
      yield { number, text: part }
    }
  }
}

function decoded(bytes: Uint8Array, line: number): string | RefusedLineError {
  try {
    return textOf(bytes, { line })
  } catch (error) {
    if (error instanceof NotUtf8Error) return new RefusedLineError(`Cannot read the line: ${error.message}.`)
    throw error
  }
}

async function* byteLines(stdin: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  let begun: Buffer[] = []
  for await (const chunk of stdin) {
    let rest = Buffer.from(chunk)
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      yield Buffer.concat([...begun, rest.subarray(0, end)])
      begun = []
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) begun.push(rest)
  }
  if (begun.length > 0) yield Buffer.concat(begun)
}
