/** How far a message of the reader's own has come, with what can be done when it does not get further. */
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { sameName } from '../state/names.ts'
import { deliveryWords } from './delivery-words.ts'

/** `brief` shows the mark alone; the words stay for screen readers. */
export function Delivery({ entry, brief }: { entry: Entry; brief: boolean }) {
  const record = entry.record.value
  const progress = entry.progress.value
  const { state } = useChat()
  const { reason: _, ...bare } = record
  const isTold = record.state === 'failed' && hasNotice(state.conversation(record.conversation), entry.id)
  const { words, icon, tone } = deliveryWords(isTold ? bare : record, progress)
  const isBrief = brief && (tone === 'settled' || tone === 'read')
  return (
    <span
      class={`delivery ${tone}`}
      data-testid="delivery"
      data-state={progress.kind === 'kept' ? record.state : progress.kind}
    >
      <Icon name={icon} />
      <span class={isBrief ? 'visually-hidden' : 'delivery-words'}>{words}</span>
      <DeliveryActions entry={entry} />
    </span>
  )
}

/** Whether a notice in the log says why there is no answer: once is enough. */
function hasNotice(conversation: Conversation, question: string): boolean {
  return conversation.entries.value.some(({ record }) => {
    const { error, replyTo } = record.peek().metadata
    return error !== undefined && replyTo === question
  })
}

function DeliveryActions({ entry }: { entry: Entry }) {
  const { sending, actions, state } = useChat()
  const { state: reached, conversation } = entry.record.value
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
  const ofAi = state.people.value.some(({ name, kind }) => kind === 'ai' && sameName(name, conversation))
  if (reached === 'cancelled' && ofAi) return <Action label="Ask again" run={() => void actions.retry(entry.id)} />
  if (reached === 'failed') return <Action label="Retry" run={() => void actions.retry(entry.id)} />
  if (reached === 'waiting') return <Action label="Cancel" run={() => void actions.cancel(entry.id)} />
  return null
}

const Action = ({ label, run }: { label: string; run: () => void }) => (
  <button type="button" class="text-button" onClick={run}>
    {label}
  </button>
)
