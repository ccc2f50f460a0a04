/** Reads a body as it arrives, not as it is asked for. */
import type { Readable } from 'node:stream'
import { Wake } from '../../shared/process/wake.ts'
import { UpstreamError } from './upstream-error.ts'

/** With more than this waiting to be read, the sender is made to wait, in bytes. */
const WAITING_BYTES = 1024 * 1024

/**
 * The chunks of the body, from now on. Iterating the stream itself would lose what has arrived when the connection breaks
 * right after it, and would take a slow reader for a silent sender.
 * @throws {UpstreamError} around whatever broke the body; the signal's reason
 */
export function chunksOf(
  body: Readable,
  { signal, onLife }: { signal: AbortSignal; onLife: () => void },
): AsyncGenerator<Uint8Array, void> {
  const chunks: Uint8Array[] = []
  const wake = new Wake()
  let waiting = 0
  let over: 'ended' | { readonly error: unknown } | undefined
  const finish = (how: 'ended' | { error: unknown }): void => {
    over ??= how
    wake.ring()
  }
  body.on('data', (chunk: Uint8Array) => {
    onLife()
    chunks.push(chunk)
    waiting += chunk.length
    if (waiting > WAITING_BYTES) body.pause()
    wake.ring()
  })
  body.on('end', () => finish('ended'))
  body.on('close', () => finish('ended'))
  body.on('error', error => finish({ error }))
  return read()

  async function* read(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      signal.throwIfAborted()
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        waiting -= chunk.length
        if (body.isPaused() && waiting <= WAITING_BYTES) body.resume()
        yield chunk
      } else if (over === 'ended') return
      else if (over !== undefined) throw new UpstreamError(over.error, { within: true })
      else await wake.sleep(signal)
    }
  }
}
