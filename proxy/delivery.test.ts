/** Outbox and inbox together: whatever is lost or dies between them, nothing is lost, twice, or out of order. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { silentLog } from '../shared/process/log.ts'
import { openStore } from '../shared/process/store.ts'
import { ProxyEvent } from '../shared/protocol/local.ts'
import { Batch } from '../shared/protocol/overlay.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { takeAcknowledgement } from './acknowledgement.ts'
import { Destinations } from './destinations.ts'
import { Inbox, type Taken } from './inbox.ts'
import { migrations } from './migrations.ts'
import { Outbox } from './outbox.ts'

type Step =
  | { readonly kind: 'send'; readonly count: number }
  | { readonly kind: 'deliver'; readonly fault: 'none' | 'lost' | 'unacknowledged' }
  | { readonly kind: 'late' | 'reopen sender' | 'reopen recipient' | 'give up' | 'wipe sender' | 'wipe recipient' }

const calm = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      fault: fc.constantFrom('none', 'none', 'lost', 'unacknowledged'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('late', 'reopen sender', 'reopen recipient', 'give up') }),
  },
)
const wild = fc.oneof(
  { weight: 9, arbitrary: calm },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('wipe sender', 'wipe recipient') }) },
)

const BATCH = {
  from: 'alice',
  to: 'bob',
  receipts: [],
  presence: { kind: 'person', online: true },
  signals: [],
} as const

/** One sender and one recipient with a store each, driven step by step. */
class Line {
  readonly #folder: string
  #sender: ReturnType<Line['openSender']>
  #recipient: ReturnType<Line['openRecipient']>
  #last: Batch | undefined
  #count = 0
  /** Texts that must arrive: sent and not given up. */
  readonly owed: string[] = []
  /** Texts whose giving up met a message that may have arrived before. */
  readonly doubtful = new Set<string>()
  readonly shown: string[] = []
  readonly #sentIds = new Map<string, string>()
  #cursor = 0
  readonly #lastSent = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder)
    this.#sender = this.openSender()
    this.#recipient = this.openRecipient()
  }

  openSender() {
    const store = openStore({ path: join(this.#folder, 'sender.db'), migrations })
    const destinations = new Destinations(store, uuidv4)
    return {
      store,
      destinations,
      outbox: new Outbox(store, destinations),
      inbox: new Inbox(store, { owner: 'alice', now: () => 0, isKnown: () => true }),
    }
  }

  openRecipient() {
    const store = openStore({ path: join(this.#folder, 'recipient.db'), migrations })
    return { store, inbox: new Inbox(store, { owner: 'bob', now: () => 0, isKnown: () => true }) }
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send':
        return this.#send(step.count)
      case 'deliver':
        return this.#deliver(step.fault)
      case 'late':
        if (this.#last !== undefined) await this.#take(this.#last)
        return
      case 'give up':
        return this.#giveUp()
      case 'reopen sender':
        this.#sender.store.close()
        this.#sender = this.openSender()
        return
      case 'reopen recipient':
        this.#recipient.store.close()
        this.#recipient = this.openRecipient()
        return
      case 'wipe sender':
        this.#sender.store.close()
        this.#wipe('sender')
        this.#sender = this.openSender()
        return
      case 'wipe recipient':
        this.#recipient.store.close()
        this.#wipe('recipient')
        this.#recipient = this.openRecipient()
        this.#cursor = 0
        return
      default:
        step satisfies never
    }
  }

  async drain(): Promise<void> {
    for (let round = 0; round < 40 && this.#sender.outbox.head('bob', 0).items.length > 0; round += 1)
      await this.#deliver('none')
    expect(this.#sender.outbox.head('bob', 0).items).toEqual([])
  }

  close(): void {
    this.#sender.store.close()
    this.#recipient.store.close()
  }

  async #send(count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => sampleMessage({ message: String(this.#count++) }))
    await Promise.all(
      messages.map(message =>
        this.#sender.store.write(() => this.#sender.outbox.accept(message, { attempt: 0, now: 0 })),
      ),
    )
    for (const { id, message } of messages) {
      this.owed.push(message)
      this.#sentIds.set(message, id)
    }
  }

  async #deliver(fault: 'none' | 'lost' | 'unacknowledged'): Promise<void> {
    const { store, destinations, outbox } = this.#sender
    const { items, oldest } = outbox.head('bob', 0)
    const { stream, begin } = await store.note(() => destinations.open('bob'))
    const batch = Batch.parse(JSON.parse(JSON.stringify({ ...BATCH, stream, begin, oldest, messages: items })))
    const sent = Math.max(this.#lastSent.get(stream) ?? begin - 1, items.at(-1)?.sequence ?? 0)
    this.#lastSent.set(stream, sent)
    if (fault === 'lost') return
    this.#last = batch
    const acknowledgement = await this.#take(batch)
    if (fault === 'unacknowledged') return
    const parts = { store, destinations, outbox, inbox: this.#sender.inbox, log: silentLog(), keptEventsWait: () => {} }
    const told = { receipts: { stream, received: 0, read: 0 }, presence: BATCH.presence }
    await takeAcknowledgement(parts, { ...batch, sent }, { ...acknowledgement, ...told })
  }

  /** The recipient takes a batch, and its peer reads all that came and acknowledges it. */
  async #take(batch: Batch): Promise<Taken> {
    const { store, inbox } = this.#recipient
    const taken = await store.write(() => inbox.take(batch, false))
    for (const { cursor, json } of inbox.eventsAfter(this.#cursor, 1_000)) {
      const event = ProxyEvent.parse(JSON.parse(json))
      if (event.kind === 'message') this.shown.push(event.message.message)
      this.#cursor = cursor
    }
    inbox.gave(this.#cursor)
    await store.note(() => inbox.acknowledge(this.#cursor))
    return taken
  }

  async #giveUp(): Promise<void> {
    const text = this.owed.findLast(owed => this.#sender.outbox.find(this.#sentIds.get(owed) ?? '') !== undefined)
    if (text === undefined) return
    await this.#sender.store.write(() => this.#sender.outbox.giveUp(this.#sentIds.get(text) ?? ''))
    this.owed.splice(this.owed.indexOf(text), 1)
    this.doubtful.add(text)
  }

  #wipe(who: string): void {
    for (const end of ['', '-wal', '-shm']) rmSync(join(this.#folder, `${who}.db${end}`), { force: true })
  }
}

async function play(folder: string, steps: readonly Step[], check: (line: Line) => void): Promise<void> {
  const line = new Line(folder)
  try {
    for (const step of steps) await line.run(step)
    await line.drain()
    check(line)
  } finally {
    line.close()
    rmSync(folder, { recursive: true })
  }
}

const isAscending = (texts: readonly string[]) =>
  texts.every((text, index) => index === 0 || Number(texts[index - 1]) < Number(text))

test('outbox and inbox lose nothing, repeat nothing and keep the order, whatever request, answer or process is lost', async () => {
  const folder = scratchFolder()
  let n = 0
  await fc.assert(
    fc.asyncProperty(fc.array(calm, { maxLength: 25 }), steps =>
      play(join(folder, String(n++)), steps, ({ owed, shown, doubtful }) => {
        expect(shown.filter(text => !doubtful.has(text))).toEqual(owed)
        expect(isAscending(shown)).toBe(true)
      }),
    ),
    { numRuns: 60 },
  )
})

test('outbox and inbox go on after either store was lost, and what is sent from then on arrives', async () => {
  const folder = scratchFolder()
  let n = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        wild.filter(({ kind }) => kind !== 'late'),
        { maxLength: 20 },
      ),
      steps =>
        play(join(folder, String(n++)), [...steps, { kind: 'send', count: 3 }], ({ owed, shown }) => {
          expect(shown.slice(-3)).toEqual(owed.slice(-3))
          const senderIsWhole = !steps.some(({ kind }) => kind === 'wipe sender')
          if (senderIsWhole) expect(new Set(shown)).toEqual(new Set([...shown, ...owed]))
          if (!steps.some(({ kind }) => kind === 'wipe recipient')) expect(isAscending(shown)).toBe(true)
        }),
    ),
    { numRuns: 40 },
  )
})

test('inbox takes what follows, tells where a gap begins, and takes nothing of a sender that remembers otherwise', async () => {
  const store = openStore({ path: join(scratchFolder(), 'inbox.db'), migrations })
  const inbox = new Inbox(store, { owner: 'bob', now: () => 0, isKnown: () => true })
  const stream = uuidv4()
  const messages = Array.from({ length: 9 }, (_, n) => sampleMessage({ message: String(n) }))
  const batch = (oldest: number, ...sequences: number[]): Batch => ({
    ...BATCH,
    receipts: [],
    signals: [],
    stream,
    begin: 1,
    oldest,
    messages: sequences.map(sequence => ({
      sequence,
      message: messages[sequence] ?? null,
      stored: false,
    })),
  })
  const take = (one: Batch) => store.write(() => inbox.take(one, false))
  const nothing = { continues: false, acknowledged: 0, refused: [], arrived: 0 }
  expect(await take(batch(1, 1, 2))).toEqual({ continues: true, acknowledged: 2, refused: [], arrived: 2 })
  expect(await take(batch(1, 4, 5))).toEqual({ continues: true, acknowledged: 2, refused: [], arrived: 0 })
  expect(await take(batch(1, 2, 3, 5))).toEqual({ continues: true, acknowledged: 3, refused: [], arrived: 1 })
  expect(await take(batch(6, 6))).toEqual(nothing)
  const others = batch(1, 2, 3, 4).messages.map(item => ({ ...item, message: sampleMessage({}) }))
  expect(await take({ ...batch(1), messages: others })).toEqual(nothing)
  const next = { stream: uuidv4(), begin: 4 }
  expect(await take({ ...batch(5, 5), ...next })).toEqual(nothing)
  expect(await take({ ...batch(4, 4), ...next })).toMatchObject({ acknowledged: 4, arrived: 1 })
  expect(await take(batch(1, 1, 2))).toEqual(nothing)
  const foreign = batch(4, 5)
  const forged = foreign.messages.map(item => ({ ...item, message: sampleMessage({ sender: 'mallory' }) }))
  expect(await take({ ...foreign, ...next, messages: forged })).toMatchObject({
    acknowledged: 5,
    arrived: 0,
    refused: [{ sequence: 5, reason: 'it came from alice but names mallory as its sender' }],
  })
  store.close()
})
