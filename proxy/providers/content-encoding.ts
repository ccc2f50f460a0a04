/** Takes back the compression of a body. None is asked for, but servers in between compress nevertheless. */
import { once } from 'node:events'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { withinBytes } from './answer-bytes.ts'
import { chunksOf } from './body-chunks.ts'

/** The body cannot be decompressed, however often it is asked for. */
export class UndecodableError extends Error {}

export type Bytes = AsyncIterable<Uint8Array>
type Decoder = (bytes: Bytes) => AsyncGenerator<Uint8Array, void>

/**
 * What takes back the value of a `content-encoding` header: `gzip`, `deflate`, `br`, also one after the other. Each chunk
 * comes out as soon as it can be read. Undefined where the value names something else.
 */
export function decoderOf(header: string): ((bytes: Bytes) => Bytes) | undefined {
  const names = header
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && name !== 'identity')
  const decoders = names.flatMap(name => DECODERS.get(name) ?? [])
  if (decoders.length < names.length || names.length > 2) return undefined
  return bytes => decoders.reduceRight<Bytes>((inner, decoder) => decoder(inner), bytes)
}

/** The first byte tells what it is: some servers leave the label on after they took the compression off. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzipped],
  ['x-gzip', gunzipped],
  ['deflate', bytes => through(bytes, first => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw()))],
  ['br', bytes => through(bytes, () => createBrotliDecompress())],
])

function gunzipped(bytes: Bytes): AsyncGenerator<Uint8Array, void> {
  return through(bytes, first => (first === 0x1f ? createGunzip() : undefined))
}

type Decompressor = ReturnType<typeof createGunzip | typeof createBrotliDecompress>

/** @param choose what decompresses a body that begins with this byte; nothing where it is not compressed */
async function* through(
  bytes: Bytes,
  choose: (first: number) => Decompressor | undefined,
): AsyncGenerator<Uint8Array, void> {
  const source = bytes[Symbol.asyncIterator]()
  const head = await source.next()
  if (head.done === true) return
  const decompressor = choose(head.value[0] ?? 0)
  if (decompressor === undefined) {
    yield head.value
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value
    return
  }
  const leaving = new AbortController()
  let broken: { readonly error: unknown } | undefined
  /** Ends the decompressor in any case: what it has read so far is to come out before the error does. */
  const feed = async () => {
    try {
      for (let next: IteratorResult<Uint8Array> = head; next.done !== true; next = await source.next())
        if (!decompressor.write(next.value)) await once(decompressor, 'drain', { signal: leaving.signal })
    } catch (error) {
      broken = { error }
    }
    decompressor.end()
  }
  const decoded = chunksOf(decompressor, { signal: leaving.signal, onLife: () => {} })
  void feed()
  try {
    for await (const chunk of withinBytes(decoded)) yield chunk
    if (broken !== undefined) throw broken.error
  } catch (error) {
    throw broken?.error ?? error
  } finally {
    leaving.abort()
    decompressor.destroy()
  }
}
