/** The commands of a service, over the composer: a click sends one, or begins one to which something has to be added. */
import { useComputed } from '@preact/signals'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Person } from '../state/people.ts'
import { beginningOf, usagesIn } from './usages.ts'

export function CommandButtons({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { state, sending } = useChat()
  // As a text, so that a message that names the same commands draws nothing anew.
  const usages = useComputed(() => usagesIn(conversation.entries.value.map(({ record }) => record.value)).join('\n'))
  const use = (usage: string) => {
    const text = beginningOf(usage)
    if (text !== undefined) {
      state.begun.value = { peer: person.name, text }
      return
    }
    state.following.value = true
    sending.send(person.name, usage)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div class="command-buttons" role="group" aria-label={`Commands of ${person.name}`} data-testid="command-buttons">
      {usages.value.split('\n').map(usage => (
        <button key={usage} type="button" class="button small" onClick={() => use(usage)}>
          {usage}
          {beginningOf(usage) !== undefined && '…'}
        </button>
      ))}
    </div>
  )
}
