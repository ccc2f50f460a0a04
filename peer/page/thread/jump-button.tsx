/** The way back to the end of the log, with the number of messages that came meanwhile. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'

export function JumpButton({ conversation, jump }: { conversation: Conversation; jump: () => void }) {
  const { state } = useChat()
  const lastSeen = useSignal<string | undefined>(undefined)
  useSignalEffect(() => {
    lastSeen.value = state.following.value ? undefined : conversation.last.peek()?.id
  })
  if (state.following.value) return null

  const entries = conversation.entries.value
  const seen = entries.findLastIndex(entry => entry.id === lastSeen.value)
  const missed = seen === -1 ? 0 : entries.length - 1 - seen
  return (
    <button type="button" class="button jump" onClick={jump} data-testid="jump">
      <Icon name="arrow-down" />
      Jump to latest {missed > 0 && <span class="badge">{missed}</span>}
    </button>
  )
}
