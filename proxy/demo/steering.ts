/**
 * Words in a question, such as `[[error 429]]`, that make the demonstration provider behave in a certain way. They are
 * described in docs/demonstration.md.
 */
import type { Fault } from './wire.ts'

/** `status` is answered instead of anything else; `failOnce` only the first time the same is asked. */
export type Steering = {
  readonly quota: boolean
  readonly tooLong: boolean
  readonly status: number | undefined
  readonly failOnce: number | undefined
  /** How long a refusal asks to wait, in milliseconds. */
  readonly waitMs: number | undefined
  /** The request is held to what servers know that speak OpenAI's format. */
  readonly compatible: boolean
  readonly content: Content
  readonly shape: Shape
  readonly pace: Pace
}

/** What is answered. `ending` is a word of the format itself, such as `RECITATION`. */
export type Content = {
  readonly length: boolean
  readonly empty: boolean
  readonly thinking: boolean
  readonly refuse: boolean
  readonly safety: boolean
  readonly long: number | undefined
  readonly ending: string | undefined
}

/** What a stream lacks, or has beside the answer. */
export type Shape = {
  readonly oddities: boolean
  readonly noDone: boolean
  readonly noUsage: boolean
  readonly noFinish: boolean
}

/** How a stream is sent. Times are in milliseconds, `split` is in bytes. */
export type Pace = {
  readonly slow: boolean
  readonly pieceMs: number | undefined
  readonly firstMs: number | undefined
  readonly split: number | undefined
  readonly comments: boolean
  /** What happens in the middle of the answer. */
  readonly breaks: Break | undefined
}

export type Break =
  | { readonly how: 'cut' | 'truncate' | 'stall' | 'garbage' }
  | { readonly how: 'error'; readonly status: number | undefined }

const BREAKS = ['cut', 'truncate', 'stall', 'garbage'] as const

const FAULTS: Readonly<Record<number, Fault>> = {
  400: 'bad-request',
  401: 'wrong-key',
  402: 'no-billing',
  403: 'not-permitted',
  404: 'unknown-model',
  413: 'too-large',
  422: 'bad-field',
  429: 'rate-limited',
  500: 'server-error',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
}

/** A word, what follows it, and what follows `at`. */
const WORD = /\[\[([a-z-]+)(?:\s+([\w.]+))?(?:\s+at\s+(\d+)(?:\s*ms)?)?\]\]/g

class Words {
  readonly #found = new Map<string, { value: string | undefined; at: string | undefined }>()

  constructor(question: string) {
    for (const [, word = '', value, at] of question.matchAll(WORD)) this.#found.set(word, { value, at })
  }

  has = (word: string): boolean => this.#found.has(word)
  text = (word: string): string | undefined => this.#found.get(word)?.value
  number = (word: string): number | undefined => toNumber(this.text(word))
  at = (word: string): number | undefined => toNumber(this.#found.get(word)?.at)
}

export function steeringOf(question: string): Steering {
  const words = new Words(question)
  const { has, number } = words
  const seconds = number('retry-after')
  return {
    quota: has('quota'),
    tooLong: has('too-long'),
    status: has('error') ? (number('error') ?? 500) : undefined,
    failOnce: has('fail-once') ? (number('fail-once') ?? 500) : undefined,
    waitMs: seconds === undefined ? undefined : seconds * 1000,
    compatible: has('compatible'),
    content: contentOf(words),
    shape: {
      oddities: has('oddities'),
      noDone: has('no-done'),
      noUsage: has('no-usage'),
      noFinish: has('no-finish'),
    },
    pace: {
      slow: has('slow'),
      pieceMs: words.at('pieces'),
      firstMs: number('first'),
      split: has('split') ? Math.max(1, number('split') ?? 1) : undefined,
      comments: has('comments'),
      breaks: breakOf(words),
    },
  }
}

function contentOf({ has, number, text }: Words): Content {
  return {
    length: has('length'),
    empty: has('empty'),
    thinking: has('thinking'),
    refuse: has('refuse'),
    safety: has('safety'),
    long: number('pieces') ?? number('long'),
    ending: text('ending'),
  }
}

function breakOf({ has, number }: Words): Break | undefined {
  const how = BREAKS.find(word => has(word))
  if (how !== undefined) return { how }
  return has('midstream-error') ? { how: 'error', status: number('midstream-error') } : undefined
}

function toNumber(value: string | undefined): number | undefined {
  const number = Number(value)
  return value === undefined || Number.isNaN(number) ? undefined : number
}

/** The fault that providers answer with this status. Other statuses come from a server between them and us. */
export const faultOf = (status: number): Fault | undefined => FAULTS[status]
