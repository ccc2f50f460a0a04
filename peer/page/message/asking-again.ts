/** Whether an answer of an AI can be asked for again: decided from what is known of it and its question. */
import type { MessageRecord, Metadata } from '../../../shared/protocol/message.ts'

export interface AnswerPlace {
  readonly question: MessageRecord
  /** Whether an API answers, and not a peer. */
  readonly byApi: boolean
  /** Whether it is the last message, and the newest answer to its question. */
  readonly isLast: boolean
  readonly isNewest: boolean
}

/** The last answer can, and one that did not end well and was not asked again yet: what failed is tried again where it is told. */
export function canAskAgain(answer: MessageRecord, { question, byApi, isLast, isNewest }: AnswerPlace): boolean {
  const { metadata } = answer
  if (question.type !== 'chat' || isUnderWay(question, byApi) || answersCommand(answer)) return false
  return endedBadly(metadata) ? isNewest : isLast
}

export const endedBadly = ({ error, ending }: Metadata): boolean =>
  error !== undefined || ending === 'interrupted' || ending === 'cancelled'

/** An assistant's commands are messages like any other; only their answers show what they were: no model wrote them. */
const answersCommand = ({ type, metadata: { model, error, ending } }: MessageRecord): boolean =>
  type === 'notification' && model === undefined && error === undefined && ending === undefined

/** A question to an API is delivered while that answers it; one to a peer stays so, or is received. */
const isUnderWay = ({ state }: MessageRecord, byApi: boolean): boolean =>
  state === 'accepted' || state === 'waiting' || (state === 'delivered' && byApi)
