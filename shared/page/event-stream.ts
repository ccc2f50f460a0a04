/**
 * Server-sent events with names and types, heard once for all tabs of a page: a browser gives an origin six connections,
 * and each stream takes one. One tab, the leader, reads the stream and passes it on to the others.
 */
import type { Present } from '../protocol/present.ts'
import { frameQueue } from './frame-queue.ts'
import { openHealingSource, type RawEvent } from './healing-source.ts'
import { InOrder } from './in-order.ts'
import { canLead, lead } from './leadership.ts'
import { requestJson } from './request.ts'

export interface EventStreamOptions<Events extends object> {
  /** What to do with each event, by its name. Those that come between two frames are one change of the page. */
  readonly on: { readonly [Name in keyof Events & string]: (data: Events[Name]) => void }
  /** Told whenever the connection opens or is lost, whichever tab has it. */
  readonly onConnection: (connected: boolean) => void
  /** How everything is now is about to be told, by `tell`: at first, and whenever events were missed. */
  readonly onPresent: (tell: () => void) => void
  /** Told of each failure to ask how everything is; it is asked again. */
  readonly onProblem: (error: unknown) => void
}

/** What the tabs tell each other. */
type Told =
  | { readonly kind: 'event'; readonly event: RawEvent }
  /** By the leader: whether the stream is open, and how far it has come. */
  | { readonly kind: 'connection'; readonly open: boolean; readonly id: string }
  /** By a tab that begins to listen: the leader tells its connection. */
  | { readonly kind: 'who' }

/** Sent by the server instead of events that it has no more: their numbers tell the same. */
const RESET = 'reset'

/** Listens for the life of the page: not while the browser keeps it to go back to, and anew after that. */
export function openEventStream<Events extends object>(options: EventStreamOptions<Events>): void {
  let stop = listen(options)
  window.addEventListener('pagehide', () => stop())
  window.addEventListener('pageshow', event => {
    if (event.persisted) stop = listen(options)
  })
}

function listen<Events extends object>(options: EventStreamOptions<Events>): () => void {
  const inNextFrame = frameQueue()
  const isName = (name: string): name is keyof Events & string => name in options.on
  // Trusted to have the shape that its name promises, as answers are: page and process are of one version.
  const make = (name: string, data: ReturnType<typeof JSON.parse>) => isName(name) && options.on[name](data)

  const inOrder = new InOrder({
    ask: () => requestJson<Present>('/api/present'),
    onPresent: ({ events }) => {
      const tell = () => {
        for (const { event = 'message', data } of events) make(event, data)
      }
      inNextFrame(() => options.onPresent(tell))
      openWhereItStands()
      if (isLeading) sayConnection()
      else post({ kind: 'who' })
    },
    onEvent: ({ name, data }) => inNextFrame(() => make(name, JSON.parse(data))),
    onProblem: error => {
      options.onConnection(false)
      options.onProblem(error)
    },
  })

  // Tabs of another version of the page talk, and lead, on their own; so does each tab of a browser without locks.
  const name = new URL(import.meta.url).pathname
  const channel = canLead() ? new BroadcastChannel(name) : undefined
  const post = (told: Told) => channel?.postMessage(told)
  let isLeading = false
  let isOpen: boolean | undefined
  let closeSource: (() => void) | undefined

  const tellConnection = () => {
    if (isLeading && isOpen !== undefined) post({ kind: 'connection', open: isOpen, id: inOrder.position ?? '' })
  }
  const sayConnection = () => isOpen !== undefined && options.onConnection(isOpen)
  const openWhereItStands = () => {
    if (!isLeading || closeSource !== undefined || inOrder.position === undefined) return
    closeSource = openHealingSource({
      url: () => `/api/events?${new URLSearchParams({ after: inOrder.position ?? '' })}`,
      names: [...Object.keys(options.on), RESET],
      onEvent: event => {
        post({ kind: 'event', event })
        inOrder.hear(event)
      },
      onConnection: open => {
        isOpen = open
        sayConnection()
        tellConnection()
      },
    })
  }
  const close = () => {
    isLeading = false
    isOpen = undefined
    closeSource?.()
    closeSource = undefined
  }

  const onTold = (told: Told) => {
    switch (told.kind) {
      case 'event':
        return inOrder.hear(told.event)
      case 'who':
        return tellConnection()
      case 'connection':
        // One whose lead was taken while it was frozen may not know it yet: it is answered, not believed.
        if (isLeading) return told.open === isOpen ? undefined : tellConnection()
        options.onConnection(told.open)
        return inOrder.hear({ id: told.id })
      default:
        return told satisfies never
    }
  }
  channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => onTold(data))
  inOrder.ask()
  const leave = lead(name, {
    begin: () => {
      isLeading = true
      openWhereItStands()
    },
    end: close,
  })
  return () => {
    leave()
    close()
    inOrder.stop()
    channel?.close()
  }
}
