/** One connection to a stream of server-sent events, opened again for as long as it is wanted. */

/** An event as it came: `id` is its place in the stream, `data` is JSON. */
export type RawEvent = { readonly id: string; readonly name: string; readonly data: string }

export interface HealingSourceOptions {
  /** Asked at each opening, since it says where to go on. */
  readonly url: () => string
  /** Of the events to listen for; `message` is what has no name. */
  readonly names: readonly string[]
  readonly onEvent: (event: RawEvent) => void
  /** Told whenever the connection opens or is lost. */
  readonly onConnection: (open: boolean) => void
}

const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 30_000
/** A stream that ends sooner is opened again less and less soon: its place may be another's. */
const STEADY_MS = 10_000

/** How long to wait before trying once more, in milliseconds: 0.5 to 1 s at first, up to 30 s. */
export const delayAfter = (failures: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + Math.random() / 2)

/**
 * Reads the stream until the returned function is called. A browser resumes a broken stream by itself, with the id of the last
 * event; when it gives up, or the stream did not stand for long, it is opened anew after 1 to 30 seconds, or as soon as the
 * reader comes back to the page.
 */
export function openHealingSource({ url, names, onEvent, onConnection }: HealingSourceOptions): () => void {
  let source: EventSource
  let failures = 0
  let openedAt: number | undefined
  let reopening: ReturnType<typeof setTimeout> | undefined
  const closing = new AbortController()

  const open = (): void => {
    clearTimeout(reopening)
    reopening = undefined
    source = new EventSource(url())
    source.addEventListener('open', () => {
      openedAt = performance.now()
      onConnection(true)
    })
    source.addEventListener('error', () => {
      if (closing.signal.aborted) return
      onConnection(false)
      const stood = openedAt === undefined ? undefined : performance.now() - openedAt
      openedAt = undefined
      const wasSteady = stood !== undefined && stood >= STEADY_MS
      if (wasSteady) failures = 0
      if (source.readyState !== source.CLOSED && (wasSteady || stood === undefined)) return
      source.close()
      reopening = setTimeout(open, delayAfter(failures++))
    })
    for (const name of names)
      source.addEventListener(name, ({ lastEventId: id, data }) => onEvent({ id, name, data: String(data) }))
  }
  const openAtOnce = (): void => {
    if (reopening !== undefined && document.visibilityState === 'visible') open()
  }

  open()
  document.addEventListener('visibilitychange', openAtOnce, { signal: closing.signal })
  window.addEventListener('online', openAtOnce, { signal: closing.signal })
  return () => {
    closing.abort()
    clearTimeout(reopening)
    source.close()
  }
}
