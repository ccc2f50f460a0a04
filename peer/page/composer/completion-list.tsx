/** The commands that could be meant, over the composer. The focus stays in the composer, which names the marked one. */
import { useEffect, useRef } from 'preact/hooks'
import type { Completion } from './use-completion.ts'

export const LIST_ID = 'commands'
export const optionId = (index: number): string => `${LIST_ID}-${index}`

export function CompletionList({ completion }: { completion: Completion }) {
  const entries = completion.entries.value
  const marked = completion.marked.value
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.children[marked]?.scrollIntoView({ block: 'nearest' }), [marked, entries])
  if (entries.length === 0) return null
  return (
    <div ref={list} id={LIST_ID} class="completions" role="listbox" aria-label="Commands" data-testid="completions">
      {entries.map((entry, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the composer, which keeps the focus
        <div
          key={entry.command}
          id={optionId(index)}
          role="option"
          tabIndex={-1}
          class="completion"
          aria-selected={index === marked}
          onMouseDown={event => event.preventDefault()}
          onMouseMove={() => completion.mark(index)}
          onClick={() => completion.take(entry)}
        >
          <span class="completion-command">/{entry.command}</span>
          <span class="completion-does" dir="auto">
            {entry.does}
          </span>
        </div>
      ))}
    </div>
  )
}
