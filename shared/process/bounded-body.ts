/** Bodies that somebody else sends, read whole up to a bound: whoever sends more is cut off there, not when memory ends. */

/** Deepest nesting of any JSON that another process sends: a routing table, the deepest of ours, needs 8. */
export const JSON_DEPTH = 32

/** There was more than the reader takes. */
export class BodyTooLargeError extends Error {
  /** @param what the beginning of a sentence, such as `The answer of http://127.0.0.1:10001` */
  constructor(what: string, bytes: number) {
    super(`${what} is too large: more than ${bytes / 1024} KiB. The rest was not read.`)
  }
}

/** JSON, but in more levels than anything of ours has. */
export class NestedTooDeepError extends SyntaxError {
  constructor() {
    super(`it nests deeper than ${JSON_DEPTH} levels`)
  }
}

/**
 * @param chunks a stream of Node or undici among them is destroyed when its reading ends early
 * @param bound `bytes` is the most that is read, `what` names the body in the error
 * @returns the whole body as text, what is not UTF-8 replaced
 * @throws {BodyTooLargeError} once more has come; and whatever the stream fails with
 */
export async function boundedText(
  chunks: AsyncIterable<Uint8Array>,
  { bytes, what }: { bytes: number; what: string },
): Promise<string> {
  const kept: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > bytes) throw new BodyTooLargeError(what, bytes)
    kept.push(chunk)
  }
  return new TextDecoder().decode(kept.length === 1 ? kept[0] : Buffer.concat(kept, length))
}

/** Whether a value of JSON has arrays or objects in more than so many levels. */
function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(inner => nestsDeeper(inner, levels - 1))
}

/** @returns the value that a text says @throws {SyntaxError} for one that is no JSON; {@link NestedTooDeepError} is one */
export function boundedJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const value: unknown = JSON.parse(text, reviver)
  if (nestsDeeper(value, JSON_DEPTH)) throw new NestedTooDeepError()
  return value
}
