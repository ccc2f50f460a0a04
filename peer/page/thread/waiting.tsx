/** The sign that the other side is at it: a person who types, an AI that has not begun its answer. */
import { isolated } from '../../../shared/page/isolated.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { nameKey } from '../state/names.ts'
import type { Person } from '../state/people.ts'

/** An answer that did not begin within this time is not awaited any more. */
const PATIENCE_MS = 3 * 60_000
/** Newest messages among which a question may be that is asked again. */
const LOOKED_AT = 40

export function Waiting({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { state } = useChat()
  const types = state.typing.value.has(nameKey(person.name))
  const awaited = useAwaitedQuestion(conversation, person) !== undefined
  if (!types && !awaited) return null
  return (
    <div class="message theirs opens waiting" data-testid="waiting">
      <div class="message-side">
        <Avatar name={person.name} shown={person.shown} kind={person.kind} />
      </div>
      <div class="bubble">
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span class="visually-hidden">
          {types ? `${isolated(person.shown)} is typing` : `${isolated(person.shown)} is about to answer`}
        </span>
      </div>
    </div>
  )
}

/** The id of the latest question to an AI that it took and has not begun to answer. */
export function useAwaitedQuestion(conversation: Conversation, person: Person): string | undefined {
  const { state } = useChat()
  const entries = conversation.entries.value
  if (person.kind !== 'ai') return undefined
  const isKept = (entry: Entry) => entry.progress.value.kind === 'kept' && state.isMine(entry.record.value)
  if (person.model === undefined) {
    const last = entries.at(-1)
    return last !== undefined && isKept(last) && isTaken(last.record.value) && isRecent(last) ? last.id : undefined
  }
  // An API's question says itself whether it is under way, also one that was asked again further up.
  const answered = conversation.writing.value.map(({ record }) => record.value.metadata.replyTo)
  const underWay = ({ record }: Entry) => record.value.state === 'accepted' || record.value.state === 'delivered'
  return entries.slice(-LOOKED_AT).findLast(one => isKept(one) && underWay(one) && !answered.includes(one.id))?.id
}

const isTaken = ({ state }: MessageRecord): boolean =>
  state === 'accepted' || state === 'delivered' || state === 'received' || state === 'read'

const isRecent = ({ record }: Entry): boolean => Date.now() - Date.parse(record.value.timestamp) < PATIENCE_MS
