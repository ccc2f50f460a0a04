/** How many bytes of one answer are read, as they come and as they are once they are decompressed. */

/** The longest answers have two thirds of it: 128,000 tokens with a frame around each. */
const MOST_BYTES = 64 * 1024 * 1024

/** The answer has more of something than any answer has. */
export class OversizedAnswerError extends Error {}

/** The chunks, as long as they are no more than is read. @throws {OversizedAnswerError} */
export async function* withinBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > MOST_BYTES)
      throw new OversizedAnswerError(`Overlay Chat reads at most ${MOST_BYTES / 1024 / 1024} MiB of an answer`)
    yield chunk
  }
}
