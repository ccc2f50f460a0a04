/** The messages of one conversation, from the oldest that is here to the latest. */
import { useComputed } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { isolated } from '../../../shared/page/isolated.ts'
import { dayLabel, fullDate } from '../../../shared/page/time.ts'
import { Message } from '../message/message.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Person } from '../state/people.ts'
import { wordsOf } from '../state/problem.ts'
import { EmptyConversation } from './empty.tsx'
import { JumpButton } from './jump-button.tsx'
import { NewerEdge, OlderEdge } from './log-edges.tsx'
import { LogWindow } from './log-window.ts'
import { layOut } from './rows.ts'
import { useLogPosition } from './use-log-position.ts'
import { Waiting } from './waiting.tsx'

export function Log({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { loading } = useChat()
  // Where this fails, the head of the log says so.
  useEffect(() => void loading.newest(conversation).catch(wordsOf), [conversation])
  const view = useMemo(() => new LogWindow(conversation.entries), [conversation])
  const { scroller, content, jump } = useLogPosition(conversation, view)
  const rows = useComputed(() => layOut(view.drawn.value, entry => entry.record.peek(), conversation.unreadFrom.value))
  const isEmpty = conversation.phase.value === 'ready' && rows.value.length === 0
  return (
    <div class="log-frame">
      {/* The announcer speaks for the log; a stream read aloud piece by piece would not be understood. */}
      <div
        ref={scroller}
        class="log"
        role="log"
        aria-live="off"
        aria-label={`Messages with ${isolated(person.shown)}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div ref={content} class="log-content">
          <OlderEdge conversation={conversation} view={view} />
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
          <NewerEdge view={view} />
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
