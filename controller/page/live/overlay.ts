/** What the controller says about the overlay right now: fed by its event stream, read by every view. */
import { computed, signal } from '@preact/signals'
import { openEventStream } from '../../../shared/page/event-stream.ts'
import { type CredentialView, DashboardEvent, type ProxyView } from '../../../shared/protocol/control.ts'
import { sameName } from '../../../shared/protocol/names.ts'
import { withChanges } from './with-changes.ts'

export type Overlay = {
  readonly demo: boolean
  readonly proxies: readonly ProxyView[]
  readonly credentials: readonly CredentialView[]
}
export type TableAuthor = { readonly version: number; readonly author: string }

/** Undefined until the first `hello`. */
export const overlay = signal<Overlay | undefined>(undefined)
/** `since` is when the connection was lost, in milliseconds since the epoch. */
export const connection = signal<{ readonly open: boolean; readonly since: number }>({ open: true, since: 0 })
/** Who made the newest version of each table, as far as this page heard of it, by the proxy's name. */
export const tableAuthors = signal<Readonly<Record<string, TableAuthor>>>({})

/** Counts what makes the usage that was fetched old: news of it, and each new connection, since news may have been missed. */
export const usageChanges = signal(0)

export const proxies = computed(() => overlay.value?.proxies ?? [])
export const credentials = computed(() => overlay.value?.credentials ?? [])

export const findProxy = (name: string): ProxyView | undefined =>
  proxies.value.find(proxy => sameName(proxy.name, name))

function hear(event: DashboardEvent): void {
  switch (event.kind) {
    case 'hello': {
      const { demo, proxies, credentials } = event
      overlay.value = { demo, proxies, credentials }
      usageChanges.value += 1
      return
    }
    case 'changes': {
      if (overlay.value !== undefined)
        overlay.value = { ...overlay.value, proxies: withChanges(overlay.value.proxies, event) }
      return
    }
    case 'credentials': {
      if (overlay.value !== undefined) overlay.value = { ...overlay.value, credentials: event.credentials }
      return
    }
    case 'table': {
      const { name, version, author } = event
      tableAuthors.value = { ...tableAuthors.value, [name]: { version, author } }
      return
    }
    case 'usage':
      usageChanges.value += 1
      return
    default:
      event satisfies never
  }
}

/** Listens for the life of the page. An event that does not follow the schema is reported to the console and skipped. */
export function followOverlay(): void {
  openEventStream<{ message: unknown }>({
    on: {
      message: data => {
        const event = DashboardEvent.safeParse(data)
        if (event.success) hear(event.data)
        else console.warn('Cannot read an event of the controller: it does not follow the schema', event.error.issues)
      },
    },
    onConnection: open => {
      if (open !== connection.value.open) connection.value = { open, since: Date.now() }
    },
    onPresent: tell => tell(), // nothing to forget or to fetch: it is a `hello` that says it all
    onProblem: () => {}, // it shows as a lost connection
  })
}
