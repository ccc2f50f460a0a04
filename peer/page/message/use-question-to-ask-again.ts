/** Which question an answer of an AI can be asked again by, if any. */
import { useComputed } from '@preact/signals'
import type { MessageRecord, Metadata } from '../../../shared/protocol/message.ts'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { sameName } from '../state/names.ts'
import type { Person } from '../state/people.ts'

/** The id of the question to the last answer, or to one that did not end well and was not asked again yet. */
export function useQuestionToAskAgain(entry: Entry): string | undefined {
  const { state } = useChat()
  return useComputed(() => {
    const record = entry.record.value
    const conversation = state.conversation(record.conversation)
    const ai = state.people.value.find(({ name, kind }) => kind === 'ai' && sameName(name, record.conversation))
    const question = conversation.get(record.metadata.replyTo ?? '')?.record.value
    if (ai === undefined || entry.progress.value.kind !== 'kept' || question === undefined) return undefined
    if (question.type !== 'chat' || !state.isMine(question) || isUnderWay(question, ai)) return undefined
    const isOffered = endedBadly(record.metadata) ? isNewest(conversation, entry) : isLast(conversation, entry)
    // A question to an API that failed for good has a Retry of its own; one to a peer has arrived, and has none.
    const isWorthIt = record.metadata.error?.retryable !== false || ai.model === undefined
    return isOffered && isWorthIt ? question.id : undefined
  }).value
}

/** A question to an API is delivered while that answers it; one to a peer stays so, or is received. */
const isUnderWay = ({ state }: MessageRecord, { model }: Person): boolean =>
  state === 'accepted' || state === 'waiting' || (state === 'delivered' && model !== undefined)

export const endedBadly = ({ error, ending }: Metadata): boolean =>
  error !== undefined || ending === 'interrupted' || ending === 'cancelled'

const isLast = (conversation: Conversation, { id }: Entry): boolean => conversation.last.value?.id === id

/** Whether no other message answers the same question after it. */
function isNewest(conversation: Conversation, { id, record }: Entry): boolean {
  const { replyTo } = record.peek().metadata
  return conversation.entries.value.findLast(other => other.record.peek().metadata.replyTo === replyTo)?.id === id
}
