/** Stops the answer that grows, or that is about to begin. */
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Person } from '../state/people.ts'
import { useAwaitedQuestion } from '../thread/waiting.tsx'

export function StopButton({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { actions } = useChat()
  const awaited = useAwaitedQuestion(conversation, person)
  const id = conversation.writing.value.at(-1)?.id ?? awaited
  if (id === undefined) return null
  return (
    <button type="button" class="button stop" title="Stop the answer (Esc)" onClick={() => void actions.cancel(id)}>
      <Icon name="stop" /> Stop
    </button>
  )
}
