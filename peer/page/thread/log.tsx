/** The messages of one conversation, from the oldest that is here to the latest. */
import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../shared/page/icon.tsx'
import { dayLabel, fullDate } from '../../../shared/page/time.ts'
import { Message } from '../message/message.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Person } from '../state/people.ts'
import { wordsOf } from '../state/problem.ts'
import { EmptyConversation } from './empty.tsx'
import { JumpButton } from './jump-button.tsx'
import { layOut } from './rows.ts'
import { useLogPosition } from './use-log-position.ts'
import { Waiting } from './waiting.tsx'

export function Log({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { scroller, content, jump } = useLogPosition(conversation)
  const rows = useComputed(() =>
    layOut(conversation.entries.value, entry => entry.record.peek(), conversation.unreadFrom.value),
  )
  const isEmpty = conversation.phase.value === 'ready' && rows.value.length === 0
  return (
    <div class="log-frame">
      {/* The announcer speaks for the log; a stream read aloud piece by piece would not be understood. */}
      <div
        ref={scroller}
        class="log"
        role="log"
        aria-live="off"
        aria-label={`Messages with ${person.name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div ref={content} class="log-content">
          <OlderMessages conversation={conversation} />
          {isEmpty && <EmptyConversation person={person} />}
          {rows.value.map(row => {
            switch (row.kind) {
              case 'day':
                return <Day key={row.key} timestamp={row.timestamp} />
              case 'unread':
                return <UnreadMark key={row.key} />
              case 'message':
                return (
                  <Message key={row.key} entry={row.item} kind={person.kind} opens={row.opens} closes={row.closes} />
                )
              default:
                return row satisfies never
            }
          })}
          <Waiting conversation={conversation} person={person} />
        </div>
      </div>
      <JumpButton conversation={conversation} jump={jump} />
    </div>
  )
}

const Day = ({ timestamp }: { timestamp: string }) => (
  <h3 class="day" title={fullDate(timestamp)}>
    {dayLabel(timestamp, new Date())}
  </h3>
)

const UnreadMark = () => (
  <div class="unread-mark" data-testid="unread-mark">
    <span>New messages</span>
  </div>
)

/** Reads the page before as soon as the top comes near; says what is going on there. */
function OlderMessages({ conversation }: { conversation: Conversation }) {
  const { loading } = useChat()
  const top = useRef<HTMLDivElement>(null)
  const problem = useSignal<string | null>(null)
  const before = conversation.before.value
  const phase = conversation.phase.value

  const load = (work: Promise<void>) => {
    problem.value = null
    work.catch((error: unknown) => {
      problem.value = wordsOf(error)
    })
  }
  useEffect(() => {
    if (before === null || top.current === null) return
    const near = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting === true) load(loading.older(conversation))
      },
      { root: top.current.closest('.log'), rootMargin: '800px 0px 0px' },
    )
    near.observe(top.current)
    return () => near.disconnect()
  }, [before])

  const failed = problem.value !== null || phase === 'failed'
  return (
    <div ref={top} class="older">
      {phase === 'loading' && <p role="status">Loading messages…</p>}
      {failed && (
        <p role="alert">
          Messages could not be loaded{problem.value === null ? '' : `: ${problem.value}`}.{' '}
          <button
            type="button"
            class="text-button"
            onClick={() => load(phase === 'failed' ? loading.newest(conversation) : loading.older(conversation))}
          >
            <Icon name="refresh" /> Try again
          </button>
        </p>
      )}
    </div>
  )
}
