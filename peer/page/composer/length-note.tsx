/** The count over the composer of a message that comes near the limit. Screen readers hear it when it passes the limit, not at every key. */
import { type ReadonlySignal, useComputed, useSignalEffect } from '@preact/signals'
import { useChat } from '../state/chat.ts'
import { excessOf, lengthWords } from './length.ts'

export const LENGTH_ID = 'length'

export function LengthNote({ text }: { text: ReadonlySignal<string> }) {
  const { state } = useChat()
  const words = useComputed(() => lengthWords(text.value))
  const isTooLong = useComputed(() => excessOf(text.value) > 0)
  useSignalEffect(() => {
    if (isTooLong.value) state.announcement.value = words.peek() ?? ''
  })
  return (
    <p id={LENGTH_ID} class={isTooLong.value ? 'composer-length over' : 'composer-length'} data-testid="length">
      {words.value}
    </p>
  )
}
