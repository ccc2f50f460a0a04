/** Where the log stands: at the end it follows, at the first unread message, at a message that was searched for. */
import { useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import { type Following, followEnd } from './following.ts'

const FOUND_MS = 2_400

export interface LogPosition {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly jump: () => void
}

export function useLogPosition(conversation: Conversation): LogPosition {
  const { state } = useChat()
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const following = useRef<Following | null>(null)
  const ready = conversation.phase.value === 'ready'

  useEffect(() => {
    if (scroller.current === null || content.current === null) return
    state.following.value = true
    following.current = followEnd(scroller.current, content.current, value => {
      state.following.value = value
    })
    return () => following.current?.stop()
  }, [conversation])

  useLayoutEffect(() => {
    if (!ready || state.target.peek() !== null) return
    following.current?.jump()
    content.current?.querySelector('.unread-mark')?.scrollIntoView({ block: 'start' })
  }, [ready])

  useSignalEffect(() => {
    const target = state.target.value
    if (target === null || conversation.entries.value.length === 0) return
    // The rows are drawn after this; the second frame corrects what heights that were only estimated left wrong.
    requestAnimationFrame(() => {
      const element = content.current?.querySelector(`[data-id="${CSS.escape(target)}"]`)
      if (element === undefined || element === null) return
      state.target.value = null
      state.following.value = false
      element.scrollIntoView({ block: 'center' })
      requestAnimationFrame(() => element.scrollIntoView({ block: 'center' }))
      element.classList.add('found')
      setTimeout(() => element.classList.remove('found'), FOUND_MS)
    })
  })

  usePlaceKept(scroller, content, conversation)
  return { scroller, content, jump: () => following.current?.jump() }
}

/** When older messages appear in front, what the reader looks at stays where it is. */
function usePlaceKept(
  scroller: RefObject<HTMLDivElement | null>,
  content: RefObject<HTMLDivElement | null>,
  conversation: Conversation,
): void {
  const firstId = conversation.entries.value[0]?.id
  const anchor = useRef<{
    readonly element: Element
    readonly top: number
    readonly firstId: string | undefined
  } | null>(null)

  // Read while drawing, thus before the page changes.
  if (anchor.current?.firstId !== firstId) {
    const element = content.current?.querySelector('[data-id]')
    const top = element?.getBoundingClientRect().top
    anchor.current = element && top !== undefined ? { element, top, firstId } : null
  }
  useLayoutEffect(() => {
    const kept = anchor.current
    if (scroller.current === null || kept === null || !kept.element.isConnected) return
    scroller.current.scrollTop += kept.element.getBoundingClientRect().top - kept.top
  }, [firstId])
}
