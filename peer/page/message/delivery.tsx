/** How far a message of the reader's own has come, with what can be done when it does not get further. */
import { Icon } from '../../../shared/page/icon.tsx'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { sameName } from '../state/names.ts'
import { canAskAgain, endedBadly } from './asking-again.ts'
import { deliveryWords } from './delivery-words.ts'

/** `brief` shows the mark alone; the words stay for screen readers. */
export function Delivery({ entry, brief }: { entry: Entry; brief: boolean }) {
  const record = entry.record.value
  const progress = entry.progress.value
  const { state } = useChat()
  const { reason: _, ...bare } = record
  const telling = answerThatTells(state.conversation(record.conversation), record)
  const { words, icon, tone } = deliveryWords(telling === undefined ? record : bare, progress)
  const isBrief = brief && (tone === 'settled' || tone === 'read')
  return (
    <span
      class={`delivery ${tone}`}
      data-testid="delivery"
      data-state={progress.kind === 'kept' ? record.state : progress.kind}
    >
      <Icon name={icon} />
      <bdi class={isBrief ? 'visually-hidden' : 'delivery-words'}>{words}</bdi>
      <DeliveryActions entry={entry} telling={telling} />
    </span>
  )
}

/** The newest answer to a question that failed, which says why in the log: once is enough. */
function answerThatTells(conversation: Conversation, { id, state }: MessageRecord): MessageRecord | undefined {
  if (state !== 'failed') return undefined
  const answer = conversation.entries.value.findLast(({ record }) => record.peek().metadata.replyTo === id)
  const record = answer?.record.value
  return record !== undefined && endedBadly(record.metadata) ? record : undefined
}

function DeliveryActions({ entry, telling }: { entry: Entry; telling: MessageRecord | undefined }) {
  const { sending, actions, state } = useChat()
  const question = entry.record.value
  const { state: reached, conversation } = question
  if (entry.progress.value.kind === 'unsent') {
    return (
      <>
        <Action label="Retry" run={() => sending.again(entry)} />
        <Action
          label="Edit"
          run={() => {
            state.recalled.value = { peer: conversation, text: entry.text.peek() }
            sending.discard(entry)
          }}
        />
        <Action label="Discard" run={() => sending.discard(entry)} />
      </>
    )
  }
  const ai = state.people.value.find(({ name, kind }) => kind === 'ai' && sameName(name, conversation))
  const place = { question, byApi: ai?.model !== undefined, isLast: false, isNewest: true }
  if (telling !== undefined && ai !== undefined && canAskAgain(telling, place)) return null
  if (reached === 'cancelled' && ai !== undefined)
    return <Action label="Ask again" run={() => void actions.retry(entry.id)} />
  if (reached === 'failed') return <Action label="Retry" run={() => void actions.retry(entry.id)} />
  if (reached === 'waiting') return <Action label="Cancel" run={() => void actions.cancel(entry.id)} />
  return null
}

const Action = ({ label, run }: { label: string; run: () => void }) => (
  <button type="button" class="text-button" onClick={run}>
    {label}
  </button>
)
