/** What the reader should know about the state of things, above the conversation. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import { connectionWords } from './connection-words.ts'

/** A connection that is back sooner was never missed. */
const LOST_AFTER_MS = 1_200

/** True once `isSo` has been true for long enough to be worth a word. */
function useLasting(isSo: () => boolean): boolean {
  const lasting = useSignal(false)
  useSignalEffect(() => {
    if (!isSo()) {
      lasting.value = false
      return
    }
    const timer = setTimeout(() => {
      lasting.value = true
    }, LOST_AFTER_MS)
    return () => clearTimeout(timer)
  })
  return lasting.value
}

export function Banners() {
  const { state } = useChat()
  const lost = useLasting(() => !state.connected.value)
  const away = useLasting(() => connectionWords(state.connection.value) !== undefined)
  const trouble = connectionWords(state.connection.value)

  return (
    <div class="banners">
      <div role="status">
        {lost && (
          <p class="banner bad" data-testid="banner-connection">
            <Icon name="unplugged" />
            Connection lost. The page keeps trying and catches up by itself; what you write meanwhile is kept.
          </p>
        )}
        {!lost && away && trouble !== undefined && (
          <p class="banner warn" data-testid={`banner-${trouble.of}`}>
            <Icon name="clock" />
            {trouble.words}
          </p>
        )}
      </div>
      <div role="alert">
        {state.problem.value !== null && (
          <p class="banner bad" data-testid="banner-problem">
            <Icon name="warning" />
            <span dir="auto">{state.problem.value}</span>
            <button
              type="button"
              class="button quiet small icon-only"
              aria-label="Dismiss"
              onClick={() => {
                state.problem.value = null
              }}
            >
              <Icon name="close" />
            </button>
          </p>
        )}
      </div>
    </div>
  )
}
