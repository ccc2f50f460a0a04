/** Which question an answer of an AI can be asked for again by, if any. */
import { useComputed } from '@preact/signals'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { sameName } from '../state/names.ts'
import { canAskAgain, endedBadly } from './asking-again.ts'

/** The id of the question; it changes only when that does, whatever is said meanwhile. */
export function useQuestionToAskAgain(entry: Entry): string | undefined {
  const { state } = useChat()
  return useComputed(() => {
    const record = entry.record.value
    const conversation = state.conversation(record.conversation)
    const ai = state.people.value.find(({ name, kind }) => kind === 'ai' && sameName(name, record.conversation))
    const question = conversation.get(record.metadata.replyTo ?? '')?.record.value
    if (ai === undefined || entry.progress.value.kind !== 'kept' || question === undefined) return undefined
    const isLast = conversation.last.value?.id === entry.id
    const isNewest = endedBadly(record.metadata) && isNewestAnswer(conversation, entry)
    const can = canAskAgain(record, { question, byApi: ai.model !== undefined, isLast, isNewest })
    return can && state.isMine(question) ? question.id : undefined
  }).value
}

/** Whether no other message answers the same question after it. */
function isNewestAnswer(conversation: Conversation, { id, record }: Entry): boolean {
  const { replyTo } = record.peek().metadata
  return conversation.entries.value.findLast(other => other.record.peek().metadata.replyTo === replyTo)?.id === id
}
