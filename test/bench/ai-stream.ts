/** The pieces of the bench's answers: each is the moment at which it was written, which every process here reads alike. */

/** Milliseconds since 1970 with fractions: the same clock in every process of the machine. */
export const now = (): number => performance.timeOrigin + performance.now()

export const pieceTimes = {
  write: (): string => `${now().toFixed(3)} `,
  /** @returns for each piece in a text the moment at which it was written */
  read: (text: string): number[] => text.trim().split(' ').filter(Boolean).map(Number),
}

/** A piece as OpenAI frames it. */
export const chunkOf = (text: string): string =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`
