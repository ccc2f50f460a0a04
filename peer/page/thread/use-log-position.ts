/** Where the log stands: at the end it follows, at the first unread message, at a message that was searched for. */
import { useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { type Following, followEnd } from './following.ts'
import type { LogWindow } from './log-window.ts'
import { usePlaceKept } from './use-place-kept.ts'

const FOUND_MS = 2_400

export interface LogPosition {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly jump: () => void
}

export function useLogPosition(conversation: Conversation, view: LogWindow<Entry>): LogPosition {
  const { state } = useChat()
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const following = useRef<Following | null>(null)
  const ready = conversation.phase.value === 'ready'

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return
    state.following.value = true
    following.current = followEnd({
      scroller: scroller.current,
      content: content.current,
      reachesEnd: () => view.reachesEnd.peek(),
      onChange: value => {
        state.following.value = value
        if (value) view.toEnd()
        else view.hold()
      },
    })
    return () => following.current?.stop()
  }, [view])

  useLayoutEffect(() => {
    if (!ready || state.target.peek() !== null) return
    following.current?.jump()
    content.current?.querySelector('.unread-mark')?.scrollIntoView({ block: 'start' })
  }, [ready])

  // Whoever sends or asks again wants to see what comes of it, wherever the log stands.
  useSignalEffect(() => {
    if (state.following.value && following.current?.isReleased()) following.current.jump()
  })

  useSignalEffect(() => {
    const target = state.target.value
    if (target === null || !conversation.entries.value.some(entry => entry.id === target)) return
    following.current?.release()
    view.show(target)
    // It is drawn before the next frame; the frame after it corrects what heights that were only estimated left wrong.
    requestAnimationFrame(() => {
      const element = content.current?.querySelector(`[data-id="${CSS.escape(target)}"]`)
      if (element === undefined || element === null) return
      state.target.value = null
      element.scrollIntoView({ block: 'center' })
      requestAnimationFrame(() => element.scrollIntoView({ block: 'center' }))
      element.classList.add('found')
      setTimeout(() => element.classList.remove('found'), FOUND_MS)
    })
  })

  usePlaceKept(scroller, view)
  return { scroller, content, jump: () => following.current?.jump() }
}
