/** What the reader should know about the state of things, above the conversation. */
import { useSignal, useSignalEffect } from '@preact/signals'
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'

/** A connection that is back sooner was never missed. */
const LOST_AFTER_MS = 1_200

export function Banners() {
  const { state } = useChat()
  const lost = useSignal(false)
  useSignalEffect(() => {
    if (state.connected.value) {
      lost.value = false
      return
    }
    const timer = setTimeout(() => {
      lost.value = true
    }, LOST_AFTER_MS)
    return () => clearTimeout(timer)
  })

  return (
    <div class="banners">
      <div role="status">
        {lost.value && (
          <p class="banner bad" data-testid="banner-connection">
            <Icon name="unplugged" />
            Connection lost. The page keeps trying and catches up by itself; what you write meanwhile is kept.
          </p>
        )}
        {!lost.value && !state.proxyReachable.value && (
          <p class="banner warn" data-testid="banner-proxy">
            <Icon name="clock" />
            The proxy is not reachable: messages are saved here and sent when it is back.
          </p>
        )}
      </div>
      <div role="alert">
        {state.problem.value !== null && (
          <p class="banner bad" data-testid="banner-problem">
            <Icon name="warning" />
            <span>{state.problem.value}</span>
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
