/** One field for two things: to switch to a conversation by its name, and to find what was said in any of them. */
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../../../shared/page/icon.tsx'
import { isolated } from '../../../shared/page/isolated.ts'
import { fullDate, shortWhen } from '../../../shared/page/time.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { peerApi } from '../api.ts'
import { useChat } from '../state/chat.ts'
import { wordsOf } from '../state/problem.ts'
import { goTo } from '../state/route.ts'
import { excerpt } from './snippet.ts'

const PAUSE_MS = 180

export function SearchField({ words, field }: { words: Signal<string>; field: RefObject<HTMLInputElement | null> }) {
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        class="field"
        type="search"
        value={words.value}
        maxLength={200}
        placeholder="Search or switch"
        aria-label="Search messages or switch conversation"
        autocomplete="off"
        spellcheck={false}
        onInput={event => {
          words.value = event.currentTarget.value
        }}
      />
      {words.value === '' && <span class="shortcut">Ctrl K</span>}
    </search>
  )
}

type Found =
  | { readonly kind: 'searching' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'hits'; readonly hits: readonly MessageRecord[] }

/** The messages that hold the words; a choice opens their conversation at that place. */
export function SearchHits({ words, onOpen }: { words: string; onOpen: () => void }) {
  const { state, loading } = useChat()
  const found = useSignal<Found>({ kind: 'searching' })

  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(() => {
      peerApi.search(words, stop.signal).then(
        hits => {
          found.value = { kind: 'hits', hits }
        },
        (error: unknown) => {
          if (!stop.signal.aborted) found.value = { kind: 'failed', reason: wordsOf(error) }
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [words])

  const open = (hit: MessageRecord) => {
    state.target.value = hit.id
    goTo(hit.conversation)
    onOpen()
    loading.until(state.conversation(hit.conversation), hit.id).then(
      isHere => {
        if (!isHere) state.problem.value = 'That message is no longer in the conversation.'
      },
      (error: unknown) => {
        state.problem.value = `Cannot go to that message: ${wordsOf(error)}`
      },
    )
  }

  return (
    <section class="hits" aria-label="Messages found">
      <h2 class="list-heading">Messages</h2>
      <p
        role="status"
        class={found.value.kind === 'hits' && found.value.hits.length > 0 ? 'visually-hidden' : 'hits-none'}
      >
        {summary(found.value)}
      </p>
      {found.value.kind === 'hits' &&
        found.value.hits.map(hit => <Hit key={hit.id} hit={hit} words={words} open={() => open(hit)} />)}
    </section>
  )
}

function summary(found: Found): string {
  if (found.kind === 'searching') return 'Searching…'
  if (found.kind === 'failed') return `The search failed: ${found.reason}`
  return found.hits.length === 0 ? 'No messages found' : `${found.hits.length} messages found`
}

function Hit({ hit, words, open }: { hit: MessageRecord; words: string; open: () => void }) {
  const { state } = useChat()
  const { before, match, after } = excerpt(hit.message, words)
  const sender = state.isMine(hit) ? `You to ${isolated(state.shown(hit.conversation))}` : state.shown(hit.sender)
  return (
    <button type="button" class="hit" onClick={open} data-testid="search-hit">
      <span class="hit-sender">
        <bdi>{sender}</bdi>
      </span>
      <time dateTime={hit.timestamp} title={fullDate(hit.timestamp)}>
        {shortWhen(hit.timestamp, new Date())}
      </time>
      <span class="hit-text" dir="auto">
        {before}
        {match !== '' && <mark>{match}</mark>}
        {after}
      </span>
    </button>
  )
}
