/** The list of commands over the composer: when it is open, which one is marked, what the keys do. */
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import type { CommandEntry } from '../../../shared/protocol/peer-api.ts'
import { completionsOf, isWhole } from './completion.ts'

export interface Completion {
  readonly entries: ReadonlySignal<readonly CommandEntry[]>
  readonly marked: ReadonlySignal<number>
  /** What was written changed: the list opens, or follows it. */
  readonly written: () => void
  readonly close: () => void
  readonly mark: (index: number) => void
  readonly take: (entry: CommandEntry) => void
  /** @returns whether the key was meant for the list */
  readonly onKey: (event: KeyboardEvent) => boolean
}

/** @param parts.take puts a command into the composer */
export function useCompletion(
  text: ReadonlySignal<string>,
  parts: { commands: () => readonly CommandEntry[]; take: (command: string) => void },
): Completion {
  const open = useSignal(false)
  const at = useSignal(0)
  const entries = useComputed(() => (open.value ? completionsOf(text.value, parts.commands()) : []))
  const marked = useComputed(() => Math.min(at.value, Math.max(0, entries.value.length - 1)))
  const close = () => {
    open.value = false
  }
  const mark = (index: number) => {
    at.value = index
  }
  const take = ({ command }: CommandEntry) => {
    parts.take(`/${command}`)
    close()
  }
  const onKey = (event: KeyboardEvent): boolean => {
    const count = entries.peek().length
    const entry = entries.peek()[marked.peek()]
    if (entry === undefined || event.shiftKey) return false
    switch (event.key) {
      case 'ArrowDown':
        mark((marked.peek() + 1) % count)
        return true
      case 'ArrowUp':
        mark((marked.peek() + count - 1) % count)
        return true
      case 'Escape':
        close()
        return true
      case 'Tab':
        take(entry)
        return true
      case 'Enter':
        if (isWhole(text.peek(), entry)) {
          close()
          return false
        }
        take(entry)
        return true
      default:
        return false
    }
  }
  const written = () => {
    open.value = true
    at.value = 0
  }
  return { entries, marked, written, close, mark, take, onKey }
}
