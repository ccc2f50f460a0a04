/** One message: who, when, the text, and what became of it. */
import type { ReadonlySignal } from '@preact/signals'
import { Boundary } from '../../../shared/page/boundary.tsx'
import { Icon } from '../../../shared/page/icon.tsx'
import { isolated } from '../../../shared/page/isolated.ts'
import { clockTime, fullDate } from '../../../shared/page/time.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { Avatar } from '../avatar.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { useChat } from '../state/chat.ts'
import type { Entry } from '../state/entry.ts'
import type { Person } from '../state/people.ts'
import { AnswerFoot } from './answer-foot.tsx'
import { CopyButton } from './copy-button.tsx'
import { Delivery } from './delivery.tsx'
import { endingNote, fallbackNote } from './facts.ts'

export interface MessageProps {
  readonly entry: Entry
  /** What the other side of the conversation is. */
  readonly kind: Person['kind']
  /** Whether it is the first, and the last, of a run of messages by one sender. */
  readonly opens: boolean
  readonly closes: boolean
}

/** What throws in one message is shown as its text alone, and touches no other. */
export const Message = (props: MessageProps) => (
  <Boundary of={props.entry.record.value} instead={() => <BareMessage entry={props.entry} />}>
    <WholeMessage {...props} />
  </Boundary>
)

const BareMessage = ({ entry }: { entry: Entry }) => (
  <article class="message" data-testid="message" data-id={entry.id}>
    <div class="bubble">
      <PlainText text={entry.text} />
    </div>
  </article>
)

const PlainText = ({ text }: { text: ReadonlySignal<string> }) => (
  <p class="plain-text" dir="auto">
    {text.value}
  </p>
)

function WholeMessage({ entry, kind, opens, closes }: MessageProps) {
  const { state } = useChat()
  const record = entry.record.value
  const growing = entry.progress.value.kind === 'writing'
  const mine = state.isMine(record)
  const failure = record.metadata.error !== undefined
  const classes = [
    'message',
    mine ? 'mine' : `theirs ${kind}`,
    opens && 'opens',
    closes && 'closes',
    failure && 'failure',
    record.type === 'command' && 'command',
    !failure && record.type === 'notification' && 'notice',
    record.type === 'subscription' && 'publication',
    growing && 'growing',
  ]
  return (
    <article
      class={classes.filter(Boolean).join(' ')}
      aria-label={`${mine ? 'You' : isolated(state.shown(record.sender))}, ${clockTime(record.timestamp)}`}
      aria-busy={growing}
      data-testid="message"
      data-id={entry.id}
    >
      {!mine && (
        <div class="message-side">
          {opens && <Avatar name={record.sender} shown={state.shown(record.sender)} kind={kind} />}
        </div>
      )}
      <div class="message-main">
        {opens && !mine && <MessageHead record={record} sender={state.shown(record.sender)} />}
        <div class="message-line">
          <div class="bubble" data-testid="bubble">
            {failure && <Icon name="warning" />}
            <Boundary of={growing} instead={() => <PlainText text={entry.text} />}>
              <Markdown text={entry.text} whole={!growing} />
            </Boundary>
            {growing && <span class="cursor" />}
            <Ending record={record} />
          </div>
          {record.type === 'subscription' && !opens && <Time record={record} />}
          <CopyButton text={() => entry.text.peek()} />
        </div>
        <Boundary of={record} instead={() => null}>
          {mine ? <OwnFoot entry={entry} closes={closes} /> : <AnswerFoot entry={entry} />}
        </Boundary>
      </div>
    </article>
  )
}

const MessageHead = ({ record, sender }: { record: MessageRecord; sender: string }) => (
  <header class="message-head">
    <bdi class="sender">{sender}</bdi>
    <Time record={record} />
    {record.metadata.demo === true && <span class="tag warn">Demonstration</span>}
    {record.metadata.autoReply === true && record.metadata.error === undefined && <span class="tag">automatic</span>}
    {record.stored === true && (
      <span class="tag" title={`Sent ${fullDate(record.timestamp)}; it waited on the way`}>
        stored
      </span>
    )}
  </header>
)

const Time = ({ record }: { record: MessageRecord }) => (
  <time dateTime={record.timestamp} title={fullDate(record.timestamp)}>
    {clockTime(record.timestamp)}
  </time>
)

/** An answer without any text says as its text how it ended: once is enough. */
function Ending({ record: { message, metadata } }: { record: MessageRecord }) {
  const note = endingNote(metadata)
  const instead = fallbackNote(metadata)
  return (
    <>
      {instead !== undefined && (
        <p class="ending" dir="auto">
          {instead}
        </p>
      )}
      {note !== undefined && note !== message.trim() && (
        <p class="ending" dir="auto" data-testid="ending">
          {note}
        </p>
      )}
    </>
  )
}

const OwnFoot = ({ entry, closes }: { entry: Entry; closes: boolean }) => (
  <footer class="message-foot">
    <Time record={entry.record.value} />
    {entry.record.value.metadata.autoReply === true && <span class="automatic">automatic</span>}
    <Delivery entry={entry} brief={!closes} />
  </footer>
)
