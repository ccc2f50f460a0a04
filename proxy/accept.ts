/** Accepting a message from the own peer: numbered for its way to another proxy, or recorded as a question to an API. */
import { failpoint } from '../shared/process/failpoint.ts'
import { IdConflictError, OverlayError, TooLargeError } from '../shared/protocol/errors.ts'
import type { Accepted, Submission, SubmissionResult } from '../shared/protocol/local.ts'
import { oversize } from '../shared/protocol/message.ts'
import { isApiRoute } from '../shared/protocol/route.ts'
import type { Asker } from './asker.ts'
import type { Destinations } from './destinations.ts'
import type { Outbox } from './outbox.ts'
import type { Questions } from './questions.ts'
import type { Routing } from './routing.ts'

export type AcceptParts = {
  readonly owner: string
  readonly routing: Routing
  readonly asker: Pick<Asker, 'accept'>
  readonly outbox: Outbox
  readonly destinations: Pick<Destinations, 'hasWaiting'>
  readonly questions: Pick<Questions, 'knows'>
  readonly now: () => number
}

/** `destination` is the peer that it goes to; undefined for a question to an API. `isNew` is false for a repeat. */
export type Taken = { readonly result: Accepted; readonly destination: string | undefined; readonly isNew: boolean }

/** Most messages that wait for one destination. */
const MOST_WAITING = 1_000_000

/** It is refused for good: one that waited for room would hold up all that the own peer has behind it, to anybody. */
class OutboxFullError extends OverlayError {
  readonly code = 'outbox_full'
  readonly status = 503
  constructor(name: string) {
    super(
      `Cannot take more messages to ${name}: ${MOST_WAITING} wait for it here, which is the limit. Send this one again once ${name} has taken some.`,
    )
  }
}

/**
 * Inside a write.
 * @throws {OutboxFullError | UnknownPeerError | TooLargeError | IdConflictError} before anything is written
 */
export function accept(
  { owner, routing, asker, outbox, destinations, questions, now }: AcceptParts,
  submission: Submission,
): Taken {
  const large = oversize(submission)
  if (large !== undefined) throw new TooLargeError(`The ${large.what}`, large)
  const { name, route } = routing.find(submission.destination)
  const { id, attempt } = submission
  // A message that a person sends again may go another way than it did: a route may have changed from one kind to the other.
  const other = isApiRoute(route) ? outbox : questions
  if (attempt === 0 && other.knows(id)) throw new IdConflictError(id)
  if (isApiRoute(route)) {
    asker.accept({ ...submission, destination: name })
    return { result: { id, state: 'accepted' }, destination: undefined, isNew: true }
  }
  if (destinations.hasWaiting(name, MOST_WAITING)) throw new OutboxFullError(name)
  const { context: _, attempt: __, ...message } = { ...submission, destination: name, sender: owner }
  const { placement, isNew } = outbox.accept(message, { attempt, now: now() })
  failpoint('proxy: before a message is committed')
  return { result: { id, state: 'accepted', placement }, destination: name, isNew }
}

/** Inside a write: as {@link accept}, with a refusal as a result. */
export function acceptOrRefuse(parts: AcceptParts, submission: Submission): Taken | { result: SubmissionResult } {
  try {
    return accept(parts, submission)
  } catch (error) {
    if (!(error instanceof OverlayError) || error.retryable) throw error
    return { result: { id: submission.id, state: 'failed', code: error.code, reason: error.message } }
  }
}
