/** Holds what is seen of an overlay against what delivery promises: 0 lost, 0 twice, 0 out of order, states that only advance. */

import { strict as assert } from 'node:assert'
import { LookingBack } from '../../peer/looking-back.ts'
import { ProxyEvent } from '../../shared/protocol/local.ts'
import type { MessageRecord, MessageState } from '../../shared/protocol/message.ts'
import type { Instance } from './instance.ts'

const RANK: Record<MessageState, number> = {
  accepted: 0,
  waiting: 0,
  delivered: 1,
  received: 2,
  read: 3,
  failed: 4,
  cancelled: 4,
}

type Seen = { readonly state: MessageState }

export class Judge {
  /** Faults of the line that met a batch. */
  faults = 0
  readonly #instances: readonly Instance[]
  readonly #accepted = new Map<string, string>()
  readonly #retried = new Set<string>()
  readonly #shown = new Set<string>()
  readonly #seen = new Map<string, Seen>()
  #kept: string | undefined
  readonly #cursors = new Map<string, number>()
  #texts = 0

  constructor(instances: readonly Instance[]) {
    this.#instances = instances
  }

  get messages(): number {
    return this.#accepted.size
  }

  /** Texts tell which message is which, whatever its id. */
  nextText(): string {
    this.#texts += 1
    return String(this.#texts)
  }

  accepted(who: string, id: string): void {
    this.#accepted.set(id, who)
  }

  /** A person sends it again: its state begins anew, and it may come after later ones. */
  retried(id: string): void {
    this.#retried.add(id)
    this.#seen.delete(id)
  }

  shown(where: string, id: string): void {
    const showing = `${where} ${id}`
    assert(!this.#shown.has(showing), `${where} is shown a message twice`)
    this.#shown.add(showing)
  }

  /** A proxy may tell an event again, but it keeps each message of a stream once. */
  heard(where: string, event: ProxyEvent): void {
    if (event.kind !== 'message' || event.placement === undefined) return
    const place = `${where} ${event.placement.stream} ${event.placement.sequence}`
    const before = this.#cursors.get(place) ?? event.cursor
    if (before !== event.cursor) this.#kept = `the proxy of ${where} kept message ${event.message.message} twice`
    this.#cursors.set(place, event.cursor)
  }

  /** What the peer of a name sent, oldest first; nothing while it is down. */
  rows(who: string): MessageRecord[] {
    return this.#history(who).filter(({ sender }) => sender === who)
  }

  /** What holds at any moment, however much is under way. */
  look(): void {
    assert.equal(this.#kept, undefined, this.#kept)
    for (const { name, proxy } of this.#instances) {
      for (const row of this.rows(name)) this.#advances(row)
      this.#inOrder(name)
      for (const { read, received } of proxy?.destinations.all() ?? [])
        assert(read <= received, 'read overtook received')
    }
    if (this.#instances.every(({ proxy, peer }) => proxy !== undefined && peer !== undefined)) this.#balances()
  }

  isDone(): boolean {
    return this.#instances.every(({ name }) => this.rows(name).every(({ state }) => RANK[state] >= RANK.received))
  }

  /** What holds once everything ran again for long enough. */
  conclude(): void {
    for (const [id, who] of this.#accepted)
      assert(
        this.rows(who).some(row => row.id === id),
        `${who} lost a message that it had accepted`,
      )
    for (const { name } of this.#instances)
      for (const { message, state, reason = '' } of this.rows(name))
        assert(RANK[state] >= RANK.received, `message ${message} of ${name} did not arrive: ${state} ${reason}`)
  }

  #history(who: string): MessageRecord[] {
    const peer = this.#instances.find(({ name }) => name === who)?.peer
    if (peer === undefined) return []
    const past = new LookingBack(peer.desk, peer.talks)
    return past.conversations().flatMap(row => past.page(row.peer, { limit: 1000 }).messages)
  }

  #advances({ id, message, state }: MessageRecord): void {
    const before = this.#seen.get(id)?.state ?? 'accepted'
    assert(RANK[state] >= RANK[before], `message ${message} went back from ${before} to ${state}`)
    if (RANK[before] > 0)
      assert(RANK[state] < RANK.failed || state === before, `message ${message} was ${before} and is ${state}`)
    this.#seen.set(id, { state })
  }

  /** Those that were sent once arrive in the order in which they were sent, and none arrives twice. */
  #inOrder(who: string): void {
    const arrived = this.#history(who).filter(({ sender }) => sender !== who)
    const texts = arrived.map(({ message }) => Number(message))
    assert.equal(new Set(texts).size, texts.length, `${who} has a message twice`)
    const once = arrived.filter(({ id }) => !this.#retried.has(id)).map(({ message }) => Number(message))
    const sorted = once.toSorted((a, b) => a - b)
    assert.deepEqual(once, sorted, `messages to ${who} are out of order`)
  }

  /** Each message is somewhere, and nobody says of one what is not so. */
  #balances(): void {
    for (const { name, proxy, peer } of this.#instances) {
      const other = this.#instances.find(instance => instance.name !== name)
      if (proxy === undefined || peer === undefined || other === undefined) continue
      const told = eventsOf(other)
      const arrived = new Map(this.#history(other.name).map(row => [row.id, row]))
      const inProxy = (id: string) => told.some(event => event.kind === 'message' && event.message.id === id)
      const givenUp = (id: string) => eventsOf({ proxy }).some(event => event.kind === 'failed' && event.id === id)
      const waiting = new Set(peer.desk.outbox.head().map(({ id }) => id))
      for (const { id, message, state } of this.rows(name)) {
        const isThere = arrived.has(id) || inProxy(id)
        const isHere = waiting.has(id) || proxy.outbox.find(id) !== undefined || givenUp(id)
        if (RANK[state] < RANK.failed) assert(isThere || isHere, `message ${message} of ${name} is lost, but ${state}`)
        if (state === 'delivered') assert(isThere, `message ${message} of ${name} is not delivered`)
        if (state === 'received' || state === 'read')
          assert(arrived.has(id), `message ${message} of ${name} is not ${state}`)
        if (state === 'read') assert.equal(arrived.get(id)?.state, 'read', `message ${message} of ${name} is not read`)
        if (state === 'cancelled' && !this.#retried.has(id))
          assert(!isThere, `message ${message} was taken back, but is there`)
      }
    }
  }
}

const eventsOf = ({ proxy }: Pick<Instance, 'proxy'>): ProxyEvent[] =>
  (proxy?.inbox.eventsAfter(0, 10_000) ?? []).map(({ json }) => ProxyEvent.parse(JSON.parse(json)))
