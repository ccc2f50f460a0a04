/** What one peer knows and keeps, with the few verbs that its parts share. */

import type { Store } from '../shared/process/store.ts'
import type { Context } from '../shared/protocol/conversation.ts'
import { NotReadyError, UnknownPeerError } from '../shared/protocol/errors.ts'
import type { ControllerEvent, PeerEntry, PeerKind } from '../shared/protocol/local.ts'
import type { Message, MessageRecord } from '../shared/protocol/message.ts'
import { nameKey, sameName } from '../shared/protocol/names.ts'
import type { Me, PeerEventData, ReplyMode } from '../shared/protocol/peer-api.ts'
import { Answers } from './answers.ts'
import { Choices } from './choices.ts'
import { Errands } from './errands.ts'
import { HandingOver } from './handing-over.ts'
import { History } from './history.ts'
import { Outbox } from './outbox.ts'
import { PageEvents } from './page-events.ts'
import { type Surroundings, stateOf, toRecord } from './record.ts'
import { Said } from './said.ts'
import { Settings } from './settings.ts'
import { justPosted, type Standing, type StoredMessage } from './stored-message.ts'

/** `fixed`: the mode cannot be chosen on the page. `route` is the AI route through which it can answer, if there is one. */
export type Owner = {
  readonly name: string
  readonly displayName: string
  readonly mode: ReplyMode
  readonly fixed: boolean
  readonly route?: string | undefined
}

export class Desk {
  readonly owner: Owner
  readonly store: Store
  readonly history: History
  readonly outbox: Outbox
  readonly errands: Errands
  readonly choices: Choices
  readonly said: Said
  readonly settings: Settings
  readonly answers = new Answers()
  readonly pages = new PageEvents()
  /** Why messages to a name wait, as the proxy last said. */
  readonly waiting = new Map<string, string>()
  /** Questions that an API is answering now. */
  readonly asking = new Set<string>()
  /** Own questions to AIs, asked while a page was open and not answered yet. */
  readonly attended = new Map<string, string>()
  readonly handingOver = new HandingOver()
  #peers: readonly PeerEntry[] | undefined
  #proxyReachable = false
  /** As the proxy last said; before it said anything nobody is told of a trouble that may not be. */
  #controller: Pick<ControllerEvent, 'reachable' | 'joined'> = { reachable: true, joined: true }
  /** Rung when something waits to be handed to the proxy. */
  #workWaits: () => void = () => {}

  constructor(owner: Owner, store: Store) {
    this.owner = owner
    this.store = store
    this.history = new History(store)
    this.outbox = new Outbox(store)
    this.errands = new Errands(store)
    this.choices = new Choices(store)
    this.said = new Said(store)
    this.settings = new Settings(store)
    this.#peers = this.settings.peers
  }

  onWork(workWaits: () => void): void {
    this.#workWaits = workWaits
  }

  workWaits(): void {
    this.#workWaits()
  }

  get me(): Me {
    const { name, displayName, mode: usual, fixed, route } = this.owner
    const mode = fixed ? usual : (this.settings.mode ?? usual)
    return { name, displayName, mode, fixed, ...(route !== undefined && { route }) }
  }

  get proxyReachable(): boolean {
    return this.#proxyReachable
  }

  setProxyReachable(reachable: boolean): void {
    this.#proxyReachable = reachable
    this.pages.emit('connection', this.connection)
    this.pages.emit('peers', this.peers())
    for (const name of this.history.conversations()) this.showStates(this.history.undelivered(name).reverse())
  }

  setController(controller: ControllerEvent): void {
    this.#controller = controller
    this.pages.emit('connection', this.connection)
  }

  get connection(): PeerEventData<'connection'> {
    return { proxy: this.#proxyReachable, controller: this.#controller.reachable, joined: this.#controller.joined }
  }

  /** Everybody in the routing table; nobody counts as online while the own proxy is away. */
  peers(): PeerEntry[] {
    return (this.#peers ?? []).map(peer => ({ ...peer, online: peer.online && this.#proxyReachable }))
  }

  async setPeers(peers: readonly PeerEntry[]): Promise<void> {
    this.#peers = peers
    await this.store.note(() => this.settings.setPeers(peers))
    this.pages.emit('peers', this.peers())
  }

  /**
   * The peer of a name, with the case of the routing table.
   * @throws {UnknownPeerError} naming the known ones
   * @throws {NotReadyError} before the proxy was ever reached, or before it has a routing table
   */
  requirePeer(name: string): PeerEntry {
    if (this.#peers === undefined)
      throw new NotReadyError('Cannot send yet: this peer has not reached its proxy since it was set up.')
    if (!this.#controller.joined)
      throw new NotReadyError(
        'Cannot send yet: the proxy has no routing table. It gets one as soon as the controller is reachable.',
      )
    const found = this.#peers.find(peer => sameName(peer.name, name))
    if (found === undefined)
      throw new UnknownPeerError(
        name,
        this.#peers.map(peer => peer.name),
      )
    return found
  }

  kindOf(name: string): PeerKind {
    return this.#peers?.find(peer => sameName(peer.name, name))?.kind ?? 'person'
  }

  /** The model of an API that the own proxy calls; undefined for everybody who is a peer. */
  modelOf(name: string): string | undefined {
    return this.#peers?.find(peer => sameName(peer.name, name))?.model
  }

  /** A message was sent: if a page is open, somebody reads what an AI answers to it. */
  attend({ id, destination }: Pick<Message, 'id' | 'destination'>): void {
    if (this.pages.isOpen && this.kindOf(destination) === 'ai') this.attended.set(id, destination)
  }

  /** A question will not be answered any more: neither is its answer being written, nor does anybody wait for it. */
  isOver(question: string): void {
    this.asking.delete(question)
    this.attended.delete(question)
    const open = this.answers.to(question)
    if (open !== undefined) this.answers.end(open.id)
  }

  /** Keeps a message of one's own and puts it into the outbox; inside a write. @returns false when its id is there already */
  post(message: Message, context?: Context): boolean {
    if (!this.history.add(message.destination, message, { outgoing: true, stored: false })) return false
    this.outbox.add(context === undefined ? message : { ...message, context })
    return true
  }

  /** Tells the pages of a message that was just posted, without reading it from the disk again. */
  showPosted(message: Message): void {
    this.pages.emit('message', this.record(justPosted(message)))
  }

  record(row: StoredMessage): MessageRecord {
    return toRecord(row, this.#surroundings)
  }

  /** Tells the pages of a message, whole. */
  show(id: string): void {
    const row = this.history.find(id)
    if (row !== undefined) this.pages.emit('message', this.record(row))
  }

  /** Tells the pages how messages stand. */
  showStates(rows: readonly Standing[]): void {
    for (const row of rows)
      this.pages.emit('state', { id: row.id, conversation: row.name, ...stateOf(row, this.#surroundings) })
  }

  showState(id: string): void {
    const row = this.history.find(id)
    if (row !== undefined) this.showStates([row])
  }

  readonly #surroundings: Surroundings = {
    waitingReason: name => this.waiting.get(nameKey(name)),
    isOnline: name => this.#peers?.find(peer => sameName(peer.name, name))?.online ?? false,
    isAsking: id => this.asking.has(id),
    proxyReachable: () => this.#proxyReachable,
  }
}
