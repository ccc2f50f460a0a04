/** How this peer answers without its person: a choice of four, and what the present one means. */
import { useSignal } from '@preact/signals'
import type { TargetedEvent } from 'preact'
import type { Me, ReplyMode } from '../../../shared/protocol/peer-api.ts'
import { useChat } from '../state/chat.ts'

const CHOICES: readonly (readonly [mode: ReplyMode, label: string])[] = [
  ['manual', 'Off'],
  ['canned', 'Canned'],
  ['away', 'Away'],
  ['assistant', 'AI assistant'],
]

export function ReplyChoice() {
  const { state, actions } = useChat()
  /** What was chosen and is not in force yet: the list does not jump back meanwhile. */
  const chosen = useSignal<ReplyMode | null>(null)
  const me = state.me.value
  if (me === null) return null
  if (me.fixed) return <p class="reply-choice">Answers by itself, as an AI assistant</p>
  const choose = async ({ currentTarget: list }: TargetedEvent<HTMLSelectElement>) => {
    const mode = CHOICES.find(([value]) => value === list.value)?.[0]
    if (mode === undefined) return
    chosen.value = mode
    await actions.chooseMode(mode)
    if (chosen.peek() === mode) chosen.value = null
  }
  return (
    <div class="reply-choice">
      <label for="reply-mode">Automatic replies</label>
      <select
        id="reply-mode"
        class="field"
        value={chosen.value ?? me.mode}
        aria-describedby="reply-meaning"
        onChange={choose}
      >
        {CHOICES.map(([mode, label]) => (
          <option key={mode} value={mode}>
            {label}
          </option>
        ))}
      </select>
      <p id="reply-meaning" aria-live="polite">
        {meaningOf(me)}
      </p>
    </div>
  )
}

function meaningOf({ mode, route }: Me): string {
  switch (mode) {
    case 'manual':
      return 'You answer by hand.'
    case 'canned':
      return 'Every message of a person gets a ready-made reply.'
    case 'away':
      return 'A ready-made reply, to each person at most once a minute.'
    case 'assistant':
      return route === undefined
        ? 'There is no AI to answer: people are told so.'
        : `${route} answers people in your name, and is told what was said with them.`
    default:
      return mode satisfies never
  }
}
