/** An answer with status 200 that is no stream: a whole answer of a server that does not stream, or words instead of one. */
import type { AnswerDoor } from './answer-door.ts'
import { wordedFailure } from './failure.ts'
import { heardIn } from './heard.ts'
import type { AnswerEvent, FailedAnswer, Provider } from './provider.ts'
import { parsedJson } from './read-json.ts'

/** An answer's JSON is read as one piece of a stream, a list of them as several. */
export function wholeAnswer(
  { status, headers, body }: FailedAnswer,
  { door, toFailure, conceal }: { door: AnswerDoor; conceal: (text: string) => string } & Pick<Provider, 'toFailure'>,
): AnswerEvent[] {
  const value = parsedJson(body)
  const pieces = Array.isArray(value) ? value : [value]
  const isJson = typeof value === 'object' && value !== null
  const events = isJson ? pieces.flatMap(piece => door.read({ data: JSON.stringify(piece) })) : []
  events.push(...door.finish())
  const last = events.at(-1)
  const hasContent = events.some(({ kind }) => kind === 'text' || kind === 'thinking')
  if (hasContent || (isJson && last?.kind === 'end' && last.ending !== 'interrupted')) return events
  const { said } = heardIn(body)
  const told = toFailure({ status, headers, body })
  if (said !== undefined && (isJson || told[0] !== 'bad_request'))
    return [{ kind: 'error', failure: wordedFailure(told, conceal) }]
  const type = String(headers['content-type'] ?? 'nothing')
  const expected = `a stream of events was expected, not ${type}`
  const words = said === undefined ? expected : `${expected}: ${said}`
  return [{ kind: 'error', failure: wordedFailure(['broken_answer', { said: words }], conceal) }]
}
