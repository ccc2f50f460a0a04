/** One conversation in the list: who, what was said last and when, how much is unread. */
import { Icon } from '../../../shared/page/icon.tsx'
import { shortWhen } from '../../../shared/page/time.ts'
import type { MessageState } from '../../../shared/protocol/message.ts'
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'
import { nameKey, sameName } from '../state/names.ts'
import type { Person } from '../state/people.ts'
import { hashOfPeer } from '../state/route.ts'
import { oneLine } from './snippet.ts'

const kinds = { person: '', ai: 'AI', service: 'service' } as const

export function PersonLink({ person, onOpen }: { person: Person; onOpen: () => void }) {
  const { state } = useChat()
  const { name, shown, kind, online, row } = person
  const isOpen = state.selected.value !== null && sameName(state.selected.value, name)
  const unread = row?.unread ?? 0
  return (
    <a
      class={unread > 0 ? 'person-link has-unread' : 'person-link'}
      href={hashOfPeer(name)}
      aria-current={isOpen ? 'page' : undefined}
      data-testid={`conversation-${name}`}
      onClick={onOpen}
    >
      <Avatar name={name} shown={shown} kind={kind} online={online} />
      <span class="person-line">
        <span class="person-name">
          <bdi>{shown}</bdi>
          <span class="visually-hidden">{online ? ', online' : ', offline'}</span>
        </span>
        {kind !== 'person' && <span class="person-kind">{kinds[kind]}</span>}
        {row !== undefined && row.last !== null && (
          <time dateTime={row.last.timestamp}>{shortWhen(row.last.timestamp, new Date())}</time>
        )}
      </span>
      <span class="person-line">
        <LastWords person={person} />
        {unread > 0 && (
          <span class="badge">
            {unread > 99 ? '99+' : unread}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
      </span>
    </a>
  )
}

/** What is left of a row that cannot be drawn. */
export const BareLink = ({ person }: { person: Person }) => (
  <a class="person-link" href={hashOfPeer(person.name)} data-testid={`conversation-${person.name}`}>
    <bdi>{person.shown}</bdi>
  </a>
)

/** A message of the reader's own that did not get through is worth a sign in the list. */
const OwnMark = ({ state }: { state: MessageState }) => (
  <>
    {state === 'waiting' && <Icon name="clock" />}
    {state === 'failed' && <Icon name="warning" />}
    {'You: '}
  </>
)

function LastWords({ person }: { person: Person }) {
  const { state } = useChat()
  const last = person.row?.last ?? null
  if (state.typing.value.has(nameKey(person.name))) return <span class="last-words live">typing…</span>
  if (state.conversation(person.name).writing.value.length > 0) return <span class="last-words live">answering…</span>
  if (last === null) return <span class="last-words">No messages yet</span>
  return (
    <span class="last-words">
      {state.isMine(last) && <OwnMark state={last.state} />}
      <bdi>{oneLine(last.message)}</bdi>
    </span>
  )
}
