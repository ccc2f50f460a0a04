/** When rows come or go above what the reader looks at, that stays where it is. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../state/chat.ts'
import type { Entry } from '../state/entry.ts'
import type { LogWindow } from './log-window.ts'

interface Anchor {
  readonly element: Element
  readonly top: number
}

export function usePlaceKept(scroller: RefObject<HTMLElement | null>, view: LogWindow<Entry>): void {
  const { state } = useChat()
  const firstId = view.drawn.value[0]?.id
  const drawnFirstId = useRef(firstId)
  const anchor = useRef<Anchor | null>(null)

  // Read while drawing, thus before the page changes.
  if (drawnFirstId.current !== firstId) {
    drawnFirstId.current = firstId
    anchor.current = scroller.current === null ? null : firstVisible(scroller.current)
  }
  useLayoutEffect(() => {
    const kept = anchor.current
    anchor.current = null
    if (scroller.current === null || kept === null || !kept.element.isConnected || state.following.peek()) return
    scroller.current.scrollTop += kept.element.getBoundingClientRect().top - kept.top
  }, [firstId])
}

function firstVisible(scroller: HTMLElement): Anchor | null {
  const edge = scroller.getBoundingClientRect().top
  for (const element of scroller.querySelectorAll('[data-id]')) {
    const { top, bottom } = element.getBoundingClientRect()
    if (bottom > edge) return { element, top }
  }
  return null
}
