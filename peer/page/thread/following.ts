/** Keeps the end of a growing log in view until the reader scrolls away from it. */

/** Pixels from the end that still count as the end. */
const NEAR = 40

export interface Following {
  /** Goes to the end and follows it again. */
  jump(): void
  /** Lets go of the end, as if the reader had scrolled. */
  release(): void
  isReleased(): boolean
  stop(): void
}

export interface FollowingOptions {
  readonly scroller: HTMLElement
  readonly content: HTMLElement
  /** Whether the last message is drawn: otherwise the end of the content is not the end of the conversation. */
  readonly reachesEnd: () => boolean
  /** Told when the end begins or ceases to be followed. */
  readonly onChange: (following: boolean) => void
}

/**
 * Follows from the start. Only a movement upwards lets go of the end: content that grows or shrinks, and a window that
 * changes its size, do not.
 */
export function followEnd({ scroller, content, reachesEnd, onChange }: FollowingOptions): Following {
  let following = true
  let lastTop = scroller.scrollTop
  let lastHeight = scroller.scrollHeight
  const stopping = new AbortController()

  const set = (value: boolean) => {
    if (value === following) return
    following = value
    holdPlace()
    onChange(value)
  }
  // At the end, the browser's own way of keeping the place would look like a movement of the reader.
  const holdPlace = () => {
    scroller.style.overflowAnchor = following ? 'none' : 'auto'
  }
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight
    lastTop = scroller.scrollTop
    lastHeight = scroller.scrollHeight
  }
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller
    const wentUp = scrollTop < lastTop - 1 && scrollHeight >= lastHeight
    if (wentUp) set(false)
    else if (scrollHeight - scrollTop - clientHeight <= NEAR && reachesEnd()) set(true)
    lastTop = scrollTop
    lastHeight = scrollHeight
  }
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && scroller.scrollTop > 0) set(false)
  }
  const resized = new ResizeObserver(() => {
    if (following) toEnd()
  })

  holdPlace()
  scroller.addEventListener('scroll', onScroll, { passive: true, signal: stopping.signal })
  scroller.addEventListener('wheel', onWheel, { passive: true, signal: stopping.signal })
  resized.observe(scroller)
  resized.observe(content)
  return {
    jump: () => {
      set(true)
      toEnd()
    },
    release: () => set(false),
    isReleased: () => !following,
    stop: () => {
      stopping.abort()
      resized.disconnect()
    },
  }
}
