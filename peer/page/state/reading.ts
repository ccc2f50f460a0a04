/** Tells the peer what was read: whatever is at the end of the open conversation while the reader looks at it. */
import { effect, signal } from '@preact/signals'
import type { ChatState } from './chat-state.ts'

/** Whether somebody can be looking at the page. */
const attention = () => document.visibilityState === 'visible' && document.hasFocus()

/** Works until the returned function is called. A mark that is lost is repeated with the next message. */
export function markReadWhileLooking(state: ChatState, markRead: (peer: string) => Promise<unknown>): () => void {
  const looking = signal(attention())
  const stop = new AbortController()
  const look = () => {
    looking.value = attention()
  }
  document.addEventListener('visibilitychange', look, { signal: stop.signal })
  window.addEventListener('focus', look, { signal: stop.signal })
  window.addEventListener('blur', look, { signal: stop.signal })

  const dispose = effect(() => {
    const peer = state.selected.value
    if (peer === null || !looking.value || !state.following.value) return
    if (state.conversation(peer).phase.value !== 'ready' || state.unreadOf(peer) === 0) return
    state.changeRow(peer, row => ({ ...row, unread: 0 }))
    markRead(peer).catch(() => undefined)
  })
  return () => {
    stop.abort()
    dispose()
  }
}
