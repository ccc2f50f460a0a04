/** What a provider is to the proxy: three translations and nothing else. HTTP, deadlines and retries belong to the caller. */

import type { Secret } from '../../shared/process/secret.ts'
import type { Turn } from '../../shared/protocol/conversation.ts'
import type { Ending, Usage } from '../../shared/protocol/message.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import type { ToldFailure } from './failure.ts'

/** A neutral conversation; its last turn is the user's question. */
export type Question = { readonly system?: string; readonly turns: readonly Turn[] }

/**
 * A neutral event of an answer. The last one is `end` or `error`, exactly once. `detail` of an end is a sentence for the
 * reader; `leftOut` is added by the caller and names the route's parameters that were not sent.
 * A later `usage` replaces an earlier one. After `retract` the answer begins anew: what was told as text was thinking.
 */
export type AnswerEvent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'retract' }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'end'; readonly ending: Ending; readonly detail?: string; readonly leftOut?: readonly string[] }
  | { readonly kind: 'error'; readonly failure: Failure }

/** As a reader tells it: an error is not worded yet, since what it quotes may hold the key. */
export type ReaderEvent =
  | Exclude<AnswerEvent, { kind: 'error' }>
  | { readonly kind: 'error'; readonly told: ToldFailure }

/**
 * Why a call failed: `message` names the cause and the remedy, for a person to read. `busy`, `paused` and `not_allowed` are
 * of our own making: the route was not asked, because of its limits, after too many failures, or since its key may not go there.
 */
export type Failure = {
  readonly code:
    | 'wrong_key'
    | 'no_credit'
    | 'rate_limited'
    | 'overloaded'
    | 'refused'
    | 'too_long'
    | 'unknown_model'
    | 'bad_request'
    | 'unreachable'
    | 'timeout'
    | 'truncated'
    | 'broken_answer'
    | 'server_error'
    | 'busy'
    | 'paused'
    | 'not_allowed'
  readonly message: string
  readonly retryable: boolean
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs?: number
}

/** `leftOut` names the route's parameters that this API or model does not take. */
export type ProviderRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly leftOut: readonly string[]
}

/** One event of a `text/event-stream`, as it was framed. One that `isCut` is the rest of a stream that ended within it. */
export type StreamEvent = { readonly event?: string | undefined; readonly data: string; readonly isCut?: true }

/**
 * Reads one answer. `finish` is called when the stream ended: without a terminal marker that is a truncation. It `isCut`
 * where it ended within an event, or the connection broke.
 */
export interface AnswerReader {
  read(event: StreamEvent): ReaderEvent[]
  finish(how?: { readonly isCut: boolean }): ReaderEvent[]
}

/** An answer that is none: its status, headers in small letters, and the beginning of its body. */
export type FailedAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Provider<R extends ApiRoute = ApiRoute> {
  toRequest(route: R, question: Question, key: Secret | undefined): ProviderRequest
  createReader(route: R): AnswerReader
  toFailure(answer: FailedAnswer): ToldFailure
}
