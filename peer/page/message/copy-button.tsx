/** Copies the text of a message as it was written. */
import { useSignal } from '@preact/signals'
import { Icon } from '../../../shared/page/icon.tsx'

const COPIED_MS = 1_600

export function CopyButton({ text }: { text: () => string }) {
  const copied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    copied.value = true
    setTimeout(() => {
      copied.value = false
    }, COPIED_MS)
  }
  const label = copied.value ? 'Copied' : 'Copy message'
  return (
    <button
      type="button"
      class="button quiet small icon-only message-copy"
      aria-label={label}
      title={label}
      onClick={() => void copy().catch(console.error)}
    >
      <Icon name={copied.value ? 'check' : 'copy'} />
    </button>
  )
}
