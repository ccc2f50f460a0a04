/** What a wire format is to the demonstration provider: what it accepts, how it refuses, how it answers. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Shape } from './steering.ts'

/** An answer other than 200. `body` is sent as JSON, or as a page where it is a text. */
export type Refusal = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A request that was accepted, in words that all formats share. */
export type Asked = {
  readonly model: string
  readonly system: string | undefined
  /** The texts of the conversation, the question last. */
  readonly texts: readonly string[]
  readonly streams: boolean
  /** The stream ends with the token counts only on demand. */
  readonly wantsUsage?: boolean
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
}

/** Faults that a provider may have, each in its own words. */
export type Fault =
  | 'bad-request'
  | 'bad-field'
  | 'wrong-key'
  | 'no-credit'
  | 'no-billing'
  | 'not-permitted'
  | 'unknown-model'
  | 'too-long'
  | 'too-large'
  | 'rate-limited'
  | 'server-error'
  | 'overloaded'
  | 'timeout'

/** `waitMs` is how long the refusal asks to wait, where it was steered. */
export type FaultFacts = { readonly model: string; readonly waitMs?: number | undefined }

export type Ending = 'stop' | 'length' | 'refused' | 'filtered'

/** What is answered. Tokens are counted as words, pieces and thoughts. */
export type Script = {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly thoughts: readonly string[]
  readonly pieces: readonly string[]
  readonly ending: Ending
  /** The ending in a word of the format itself, instead of what `ending` stands for. */
  readonly endingWord: string | undefined
  readonly inputTokens: number
  readonly shape: Shape
}

/** One event of the stream. A `paced` one is preceded by a pause, as words of a model are. */
export type Frame = { readonly event?: string; readonly data: unknown; readonly paced?: boolean }

export type Heard = {
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
  /** The last part of the path, and the query. */
  readonly tail: string
  readonly query: URLSearchParams
}

export interface Wire {
  /** The key a request carries, wherever the format allows it. */
  keyOf(headers: IncomingHttpHeaders): string | undefined
  /** How a missing or wrong key is refused. */
  refuseKey(given: string | undefined): Refusal
  /** How a body that is no JSON is refused. */
  refuseGarbage(): Refusal
  check(heard: Heard): Asked | Refusal
  /** Undefined for what this provider never answers itself. */
  fault(fault: Fault, facts: FaultFacts): Refusal | undefined
  whole(asked: Asked, script: Script): unknown
  frames(asked: Asked, script: Script): Iterable<Frame>
  /** What is sent when the provider fails in the middle of an answer: with this refusal, or as it most often does. */
  streamFault(refusal: Refusal | undefined): Frame
}

export const isRefusal = (outcome: Asked | Refusal): outcome is Refusal => 'status' in outcome
/** The key of `authorization: Bearer KEY`. */
export const bearerKey = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]

/** Names of models that no provider knows. */
export const isUnknownModel = (model: string): boolean => model.includes('no-such-model')
