/** Decides what a question is answered with. */
import { answerText, countWords, longText, piecesOf, THOUGHTS } from './answer-text.ts'
import type { Content, Steering } from './steering.ts'
import type { Asked, Ending, Script } from './wire.ts'

const LENGTH_PIECES = 5

export function scriptOf(asked: Asked, { content, shape }: Steering, call: { id: string; created: number }): Script {
  const text = cutAtStop(content.long === undefined ? answerText(asked) : longText(content.long), asked.stop)
  const limit = Math.min(
    content.length || content.safety ? LENGTH_PIECES : Number.POSITIVE_INFINITY,
    asked.maxTokens ?? Number.POSITIVE_INFINITY,
  )
  const all = content.empty || content.refuse ? [] : piecesOf(text)
  const pieces = all.slice(0, limit)
  const short = pieces.length < all.length || content.length
  return {
    ...call,
    thoughts: content.thinking ? piecesOf(THOUGHTS) : [],
    pieces,
    ending: endingOf(content, short),
    endingWord: content.ending,
    shape,
    inputTokens: [asked.system ?? '', ...asked.texts].reduce((sum, said) => sum + countWords(said), 0),
  }
}

function endingOf(content: Content, short: boolean): Ending {
  if (content.refuse) return 'refused'
  if (content.safety) return 'filtered'
  return short ? 'length' : 'stop'
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const places = stops.map(stop => text.indexOf(stop)).filter(place => place >= 0)
  return places.length === 0 ? text : text.slice(0, Math.min(...places))
}
