/** The whole page: the list beside the conversation, or before it as a drawer where there is no room for both. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Boundary, Pane } from '../../shared/page/boundary.tsx'
import { Sidebar } from './sidebar/sidebar.tsx'
import { useChat } from './state/chat.ts'
import { Thread } from './thread/thread.tsx'

/** The width below which the list is a drawer; the style sheet says the same. */
const NARROW = '(max-width: 760px)'

export function App() {
  const { state, actions } = useChat()
  const search = useRef<HTMLInputElement>(null)
  const narrow = useSignal(matchMedia(NARROW).matches)
  const drawer = useSignal(state.selected.peek() === null)

  useSignalEffect(() => {
    drawer.value = state.selected.value === null
  })
  useEffect(() => {
    const stop = new AbortController()
    matchMedia(NARROW).addEventListener('change', event => (narrow.value = event.matches), { signal: stop.signal })
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        drawer.value = true
        requestAnimationFrame(() => search.current?.select())
      } else if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) {
        if (narrow.peek() && drawer.peek() && state.selected.peek() !== null) drawer.value = false
        else actions.stopAnswer()
      }
    }
    window.addEventListener('keydown', onKeyDown, { signal: stop.signal })
    return () => stop.abort()
  }, [])

  const isOpen = drawer.value
  const close = () => {
    drawer.value = false
  }
  return (
    <div class="app">
      <header class="visually-hidden">
        <h1>Overlay Chat</h1>
      </header>
      <aside
        class={isOpen ? 'sidebar open' : 'sidebar'}
        aria-label="Conversations and settings"
        inert={narrow.value && !isOpen}
      >
        <Pane what="The list of conversations">
          <Sidebar search={search} onOpen={close} />
        </Pane>
      </aside>
      {narrow.value && isOpen && state.selected.value !== null && (
        <button type="button" class="scrim" aria-label="Close the list" onClick={close} />
      )}
      <main class="main" inert={narrow.value && isOpen}>
        <Pane what="The conversation" of={state.selected.value}>
          <Thread key={state.selected.value} openList={() => (drawer.value = true)} />
        </Pane>
      </main>
      <Boundary of={state.announcement.value} instead={() => null}>
        <Announcer />
      </Boundary>
    </div>
  )
}

/** Speaks for the log: who wrote, and when an answer begins and ends. */
function Announcer() {
  const { state } = useChat()
  return (
    <div class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {state.announcement.value}
    </div>
  )
}
