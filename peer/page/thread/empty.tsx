/** What stands where nothing was said yet: what this place is for, and what to do next. */
import type { ComponentChildren } from 'preact'
import { Icon } from '../../../shared/page/icon.tsx'
import { isolated } from '../../../shared/page/isolated.ts'
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'
import type { Person } from '../state/people.ts'
import { hashOfPeer } from '../state/route.ts'

const openings = {
  person: ['Hello!', 'Do you have a minute?'],
  ai: ['What can you help me with?', 'Explain in three sentences how an overlay network works.'],
  // Its commands stand over the composer.
  service: [],
} as const

export function EmptyConversation({ person }: { person: Person }) {
  const { sending } = useChat()
  return (
    <div class="empty" data-testid="empty-conversation">
      <Avatar name={person.name} shown={person.shown} kind={person.kind} online={person.online} />
      <p class="empty-title">Nothing said yet</p>
      <p>{whatHappens(person)}</p>
      <div class="openings">
        {openings[person.kind].map(text => (
          <button key={text} type="button" class="button" onClick={() => sending.send(person.name, text)}>
            {text}
          </button>
        ))}
      </div>
    </div>
  )
}

function whatHappens({ shown, kind, online }: Person): ComponentChildren {
  const name = isolated(shown)
  if (kind === 'ai')
    return `${name} is an AI. Ask something; the answer appears as it is written. A slash lists its commands.`
  if (kind === 'service')
    return (
      <>
        {name} is a service: it answers commands. <code>help</code> lists them.
      </>
    )
  if (online) return `Write a message to ${name} below.`
  return `${name} is offline. Write anyway: your message is saved and delivered when ${name} is back.`
}

/** Shown for an address that leads to nobody. */
export const NobodyNamed = ({ name }: { name: string }) => (
  <div class="empty" data-testid="nobody-named">
    <p class="empty-title">
      Nobody here is named <bdi>{name}</bdi>
    </p>
    <p>No route leads to that name, and nothing was ever said to it. Choose somebody from the list.</p>
  </div>
)

/** Shown while no conversation is open. */
export function NothingOpen() {
  const { state } = useChat()
  const people = state.people.value
  const dashboard = state.links.value?.dashboard
  if (!state.loaded.value)
    return (
      <div class="empty" role="status">
        Loading…
      </div>
    )
  return (
    <div class="empty" data-testid="nothing-open">
      <p class="empty-title">{people.length === 0 ? 'Nobody to talk to yet' : 'Whom do you want to talk to?'}</p>
      <p>
        {people.length === 0
          ? 'No route leads from here to anybody. Routes are made on the dashboard.'
          : 'Choose a conversation. People, AIs and services are all reached the same way.'}
      </p>
      <div class="openings">
        {people.slice(0, 6).map(person => (
          <a key={person.name} class="button" href={hashOfPeer(person.name)}>
            <bdi>{person.shown}</bdi>
          </a>
        ))}
        {people.length === 0 && dashboard !== undefined && (
          <a class="button primary" href={dashboard}>
            <Icon name="grid" /> Open the dashboard
          </a>
        )}
      </div>
    </div>
  )
}
