/** Everything the page knows. It only holds; loading, events and actions change it. */
import { computed, signal } from '@preact/signals'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { CommandEntry, Connection, ConversationRow, Me, Peer } from '../../../shared/protocol/peer-api.ts'
import { shownName } from '../../../shared/protocol/shown-name.ts'
import type { Links } from '../api.ts'
import { Conversation } from './conversation.ts'
import { nameKey, sameName } from './names.ts'
import { listPeople } from './people.ts'

export class ChatState {
  readonly me = signal<Me | null>(null)
  readonly links = signal<Links | null>(null)
  readonly peers = signal<readonly Peer[]>([])
  readonly rows = signal<readonly ConversationRow[]>([])
  /** What an AI can be told to do. */
  readonly commands = signal<readonly CommandEntry[]>([])
  readonly people = computed(() => listPeople(this.peers.value, this.rows.value))
  /** Whether the lists above came at least once. */
  readonly loaded = signal(false)

  /** Whose conversation is open. */
  readonly selected = signal<string | null>(null)
  /** A message to scroll to as soon as it is drawn. */
  readonly target = signal<string | null>(null)
  /** A text to put back into the composer of a conversation. */
  readonly recalled = signal<{ readonly peer: string; readonly text: string } | null>(null)
  /** The beginning of a command to put before what is written in the composer of a conversation. */
  readonly begun = signal<{ readonly peer: string; readonly text: string } | null>(null)
  /** Whether the end of the open conversation is in view and followed. */
  readonly following = signal(true)

  /** Whether this page hears its peer. */
  readonly connected = signal(false)
  /** Whom the peer reaches. */
  readonly connection = signal<Connection>({ proxy: true, controller: true, joined: true })

  /** Keys of the names of those who type. */
  readonly typing = signal<ReadonlySet<string>>(new Set())
  /** The latest sentence for screen readers. */
  readonly announcement = signal('')
  /** What could not be done, until it is dismissed. */
  readonly problem = signal<string | null>(null)

  /** The same map as long as nobody is called otherwise: presence changes often, and every message reads a name. */
  readonly #shown = computed((): ReadonlyMap<string, string> => {
    const names = new Map(this.peers.value.map(peer => [nameKey(peer.name), shownName(peer)]))
    if (!isSame(names, this.#lastShown)) this.#lastShown = names
    return this.#lastShown
  })
  #lastShown: ReadonlyMap<string, string> = new Map()

  readonly #conversations = new Map<string, Conversation>()

  conversation(peer: string): Conversation {
    const known = this.#conversations.get(nameKey(peer))
    if (known !== undefined) return known
    const conversation = new Conversation(peer)
    this.#conversations.set(nameKey(peer), conversation)
    return conversation
  }

  conversations(): Iterable<Conversation> {
    return this.#conversations.values()
  }

  /** What is read of a peer, also of one that nobody knows any more. */
  shown(name: string): string {
    return this.#shown.value.get(nameKey(name)) ?? name
  }

  isMine(record: Pick<MessageRecord, 'sender' | 'conversation'>): boolean {
    return !sameName(record.sender, record.conversation)
  }

  isOpen(peer: string): boolean {
    const selected = this.selected.peek()
    return selected !== null && sameName(selected, peer)
  }

  unreadOf(peer: string): number {
    return this.rows.value.find(row => sameName(row.peer, peer))?.unread ?? 0
  }

  /** Changes the row of a conversation, or begins one. */
  changeRow(peer: string, change: (row: ConversationRow) => ConversationRow): void {
    const rows = this.rows.peek()
    const known = rows.find(row => sameName(row.peer, peer))
    const changed = change(known ?? { peer, unread: 0, last: null })
    this.rows.value = known === undefined ? [...rows, changed] : rows.map(row => (row === known ? changed : row))
  }
}

const isSame = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
