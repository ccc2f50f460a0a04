/** The list of conversations, the search over all of them, and the reader's own settings. */
import { useSignal } from '@preact/signals'
import type { RefObject, TargetedKeyboardEvent } from 'preact'
import { Boundary, Pane } from '../../../shared/page/boundary.tsx'
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import { MyCard } from './my-card.tsx'
import { BareLink, PersonLink } from './person-link.tsx'
import { ReplyChoice } from './reply-choice.tsx'
import { SearchField, SearchHits } from './search.tsx'

/** `onOpen` is called when a conversation was chosen. */
export function Sidebar({ search, onOpen }: { search: RefObject<HTMLInputElement | null>; onOpen: () => void }) {
  const { state } = useChat()
  const words = useSignal('')
  const wanted = words.value.trim()
  const people = state.people.value.filter(({ name, shown }) =>
    [name, shown].some(text => text.toLowerCase().includes(wanted.toLowerCase())),
  )
  const done = () => {
    words.value = ''
    onOpen()
  }
  const dashboard = state.links.value?.dashboard

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to keys that its controls let through
    <div class="sidebar-inner" onKeyDown={event => onKeyDown(event, () => (words.value = ''))}>
      <Pane what="Your card">
        <MyCard />
      </Pane>
      <SearchField words={words} field={search} />
      <nav class="people" aria-label="Conversations">
        {people.map(person => (
          <Boundary key={person.name} of={person} instead={() => <BareLink person={person} />}>
            <PersonLink person={person} onOpen={done} />
          </Boundary>
        ))}
        {wanted !== '' && (
          <Pane key="hits" what="What was found" of={wanted}>
            <SearchHits words={wanted} onOpen={onOpen} />
          </Pane>
        )}
      </nav>
      <div class="sidebar-foot">
        <Pane what="The choice of automatic replies">
          <ReplyChoice />
        </Pane>
        {dashboard !== undefined && (
          <a class="dashboard-link" href={dashboard} target="_blank" rel="noreferrer">
            <Icon name="grid" /> Dashboard
          </a>
        )}
      </div>
    </div>
  )
}

/** Arrows walk through the results, Enter in the field takes the first, Escape empties the field. */
function onKeyDown(event: TargetedKeyboardEvent<HTMLDivElement>, emptySearch: () => void): void {
  if (event.target instanceof HTMLSelectElement) return
  const results = [...event.currentTarget.querySelectorAll<HTMLElement>('.person-link, .hit')]
  const inField = event.target instanceof HTMLInputElement
  const at = results.findIndex(result => result.matches(':focus'))
  if (event.key === 'Enter' && inField) results[0]?.click()
  else if (event.key === 'ArrowDown') results[at + 1]?.focus()
  else if (event.key === 'ArrowUp') (results[at - 1] ?? event.currentTarget.querySelector('input'))?.focus()
  else if (event.key === 'Escape' && inField) emptySearch()
  else return
  event.preventDefault()
  event.stopPropagation()
}
