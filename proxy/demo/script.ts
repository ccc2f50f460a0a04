/** Decides what a question is answered with. */
import { answerText, countWords, longText, piecesOf, THOUGHTS } from './answer-text.ts'
import type { Steering } from './steering.ts'
import type { Asked, Ending, Script } from './wire.ts'

const LENGTH_PIECES = 5

export function scriptOf(asked: Asked, steering: Steering, call: { id: string; created: number }): Script {
  const text = cutAtStop(steering.long === undefined ? answerText(asked) : longText(steering.long), asked.stop)
  const limit = Math.min(
    steering.length || steering.safety ? LENGTH_PIECES : Number.POSITIVE_INFINITY,
    asked.maxTokens ?? Number.POSITIVE_INFINITY,
  )
  const all = steering.empty || steering.refuse ? [] : piecesOf(text)
  const pieces = all.slice(0, limit)
  const short = pieces.length < all.length || steering.length
  return {
    ...call,
    thoughts: steering.thinking ? piecesOf(THOUGHTS) : [],
    pieces,
    ending: endingOf(steering, short),
    inputTokens: [asked.system ?? '', ...asked.texts].reduce((sum, said) => sum + countWords(said), 0),
  }
}

function endingOf(steering: Steering, short: boolean): Ending {
  if (steering.refuse) return 'refused'
  if (steering.safety) return 'filtered'
  return short ? 'length' : 'stop'
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const places = stops.map(stop => text.indexOf(stop)).filter(place => place >= 0)
  return places.length === 0 ? text : text.slice(0, Math.min(...places))
}
