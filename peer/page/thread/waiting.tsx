/** The sign that the other side is at it: a person who types, an AI that has not begun its answer. */
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import { nameKey } from '../state/names.ts'
import type { Person } from '../state/people.ts'

/** An answer that did not begin within this time is not awaited any more. */
const PATIENCE_MS = 3 * 60_000

export function Waiting({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { state } = useChat()
  const types = state.typing.value.has(nameKey(person.name))
  const awaited = useAwaitedQuestion(conversation, person) !== undefined
  if (!types && !awaited) return null
  return (
    <div class="message theirs opens waiting" data-testid="waiting">
      <div class="message-side">
        <Avatar name={person.name} kind={person.kind} />
      </div>
      <div class="bubble">
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span class="visually-hidden">{types ? `${person.name} is typing` : `${person.name} is about to answer`}</span>
      </div>
    </div>
  )
}

/** The id of the latest question to an AI that it took and has not begun to answer. */
export function useAwaitedQuestion(conversation: Conversation, person: Person): string | undefined {
  const { state } = useChat()
  const last = conversation.last.value
  if (person.kind !== 'ai' || last === undefined || last.progress.value.kind !== 'kept') return undefined
  const record = last.record.value
  const isTaken =
    record.state === 'accepted' ||
    record.state === 'delivered' ||
    record.state === 'received' ||
    record.state === 'read'
  const isRecent = Date.now() - Date.parse(record.timestamp) < PATIENCE_MS
  return state.isMine(record) && isTaken && isRecent ? last.id : undefined
}
