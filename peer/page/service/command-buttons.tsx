/** The commands of a service, over the composer: a click sends one, or begins one to which something has to be added. */
import { isolated } from '../../../shared/page/isolated.ts'
import { useChat } from '../state/chat.ts'
import type { Person } from '../state/people.ts'
import { beginningOf, usagesOf } from './usages.ts'

export function CommandButtons({ person }: { person: Person }) {
  const { state, sending } = useChat()
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
    <div
      class="command-buttons"
      role="group"
      aria-label={`Commands of ${isolated(person.shown)}`}
      data-testid="command-buttons"
    >
      {usagesOf(person.commands).map(usage => (
        <button key={usage} type="button" class="button small" onClick={() => use(usage)}>
          <bdi>{usage}</bdi>
          {beginningOf(usage) !== undefined && '…'}
        </button>
      ))}
    </div>
  )
}
