/** Words in a question, such as `[[error 429]]`, that make the demonstration provider behave in a certain way. */
import type { Fault } from './wire.ts'

export type Break = 'cut' | 'stall' | 'error'

/** `status` is answered instead of anything else; `failOnce` only the first time the same is asked. */
export type Steering = {
  readonly slow: boolean
  readonly length: boolean
  readonly empty: boolean
  readonly thinking: boolean
  readonly refuse: boolean
  readonly safety: boolean
  readonly long: number | undefined
  readonly quota: boolean
  readonly status: number | undefined
  readonly failOnce: number | undefined
  /** What happens in the middle of the answer. */
  readonly breaks: Break | undefined
}

const BREAKS = { cut: 'cut', stall: 'stall', 'midstream-error': 'error' } as const satisfies Record<string, Break>

const FAULTS: Readonly<Record<number, Fault>> = {
  401: 'wrong-key',
  429: 'rate-limited',
  500: 'server-error',
  503: 'overloaded',
  529: 'overloaded',
}

export function steeringOf(question: string): Steering {
  const words = new Map<string, number | undefined>()
  for (const [, word = '', number] of question.matchAll(/\[\[([a-z-]+)(?:\s+(\d+))?\]\]/g))
    words.set(word, number === undefined ? undefined : Number(number))
  const breaks = Object.entries(BREAKS).find(([word]) => words.has(word))?.[1]
  return {
    slow: words.has('slow'),
    length: words.has('length'),
    empty: words.has('empty'),
    thinking: words.has('thinking'),
    refuse: words.has('refuse'),
    safety: words.has('safety'),
    long: words.get('long'),
    quota: words.has('quota'),
    status: words.has('error') ? (words.get('error') ?? 500) : undefined,
    failOnce: words.has('fail-once') ? (words.get('fail-once') ?? 500) : undefined,
    breaks,
  }
}

/** The fault that providers answer with this status. Other statuses come from a server between them and us. */
export const faultOf = (status: number): Fault | undefined => FAULTS[status]
