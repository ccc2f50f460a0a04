/** Server-sent events with names and types, over a connection that heals by itself. */
import { frameQueue } from './frame-queue.ts'

export interface EventStreamOptions<Events extends object> {
  /** What to do with each event, by its name. Those that come between two frames are one change of the page. */
  readonly on: { readonly [Name in keyof Events & string]: (data: Events[Name]) => void }
  /** Told whenever the connection opens or is lost. */
  readonly onConnection: (connected: boolean) => void
  /** Told when events may be missing: the connection is new and could not resume where the last one ended. */
  readonly onMissed: () => void
}

const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 30_000

/**
 * Reads the stream at `path` until the returned function is called. A browser resumes a broken stream by itself, with
 * the id of the last event if there was one; when it gives up, the stream is opened anew after 1 to 30 seconds, or as soon as the
 * reader comes back to the page.
 */
export function openEventStream<Events extends object>(path: string, options: EventStreamOptions<Events>): () => void {
  let source: EventSource
  let failures = 0
  let canResume = false
  let reopening: ReturnType<typeof setTimeout> | undefined
  const closing = new AbortController()
  const inNextFrame = frameQueue()

  const open = (again: boolean): void => {
    clearTimeout(reopening)
    reopening = undefined
    canResume = false
    let isFirst = !again
    source = new EventSource(path)
    source.addEventListener('open', () => {
      failures = 0
      options.onConnection(true)
      if (!isFirst && !canResume) options.onMissed()
      isFirst = false
    })
    source.addEventListener('error', () => {
      options.onConnection(false)
      if (source.readyState === EventSource.CLOSED) reopenLater()
    })
    for (const name in options.on) if (isName(name)) listen(name)
  }

  const isName = (name: string): name is keyof Events & string => name in options.on
  const listen = <Name extends keyof Events & string>(name: Name): void =>
    source.addEventListener(name, event => {
      if (event.lastEventId !== '') canResume = true
      inNextFrame(() => options.on[name](JSON.parse(event.data)))
    })

  const reopenLater = (): void => {
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures)
    failures += 1
    reopening = setTimeout(() => open(true), delay * (0.5 + Math.random() / 2))
  }

  const reopenAtOnce = (): void => {
    if (reopening !== undefined && document.visibilityState === 'visible') open(true)
  }

  open(false)
  document.addEventListener('visibilitychange', reopenAtOnce, { signal: closing.signal })
  window.addEventListener('online', reopenAtOnce, { signal: closing.signal })
  return () => {
    closing.abort()
    clearTimeout(reopening)
    source.close()
  }
}
