/** The event stream of the own proxy: the peer takes its place there, follows from its position on, and checks what comes. */
import { v4 as uuidv4 } from 'uuid'
import { boundedJson } from '../shared/process/bounded-body.ts'
import { FrameTooLargeError, followEvents } from '../shared/process/event-source.ts'
import type { HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { firstIssue, safeParse } from '../shared/protocol/errors.ts'
import { ProxyEvent } from '../shared/protocol/local.ts'
import { inPlaceOf } from './unreadable-event.ts'

export type ProxyEventsParts = {
  readonly proxy: string
  /** What a service can be told. */
  readonly commands?: readonly string[] | undefined
  readonly client: HttpClient
  readonly log: Log
  readonly random: () => number
  /** Asked anew at each connection. */
  readonly position: () => { store: string; cursor: number } | undefined
  readonly onEvent: (event: ProxyEvent) => void
  readonly onClosed: () => void
  /** Called at each connection with a way to break it, so that it begins anew. */
  readonly onOpen: (disconnect: (reason: Error) => void) => void
}

/** Resolves when the signal aborts. */
export function followProxy(parts: ProxyEventsParts, signal: AbortSignal): Promise<void> {
  const { proxy, commands, client, log, random, position, onEvent, onClosed, onOpen } = parts
  /** What the proxy knows this peer's stream by. */
  const reader = uuidv4()
  const isNew = newness()
  const understood = reading(log)
  return followEvents({
    client,
    signal,
    random,
    onOpen,
    prepare: async connecting => {
      const from = position()
      const body = { reader, commands, ...(from && { store: from.store, after: from.cursor }) }
      await client.json('POST', `${proxy}/attach`, { body, signal: connecting })
    },
    url: () => {
      const from = position()
      return `${proxy}/events?${new URLSearchParams({ reader, ...(from && { store: from.store, after: String(from.cursor) }) })}`
    },
    onData: data => {
      const event = understood(boundedJson(data))
      if (event === undefined) return false
      onEvent(event)
      return isNew(event)
    },
    onClosed: error => {
      if (error instanceof FrameTooLargeError) log.error(error.message)
      onClosed()
    },
  })
}

/** @returns an event, or what is kept in place of one that this peer does not understand */
function reading(log: Log): (said: unknown) => ProxyEvent | undefined {
  let owner = ''
  return said => {
    const parsed = safeParse(ProxyEvent, said)
    if (parsed.success) {
      if (parsed.data.kind === 'hello') owner = parsed.data.name
      return parsed.data
    }
    const { field, detail } = firstIssue(parsed.error)
    log.error({ issue: `${field} ${detail}` }, 'the proxy sent what this peer does not understand')
    return inPlaceOf(said, `${field} ${detail}`, { owner, now: new Date() })
  }
}

/** Tells of each event whether it was kept, and never heard from that store before. */
function newness(): (event: ProxyEvent) => boolean {
  let heard = { store: '', cursor: 0 }
  return event => {
    if (event.kind === 'hello' && event.store !== heard.store) heard = { store: event.store, cursor: 0 }
    if (!('cursor' in event) || event.cursor <= heard.cursor) return false
    heard.cursor = event.cursor
    return true
  }
}
