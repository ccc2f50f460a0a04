/** An overlay of two names in one process, to which a story happens step by step. */

import { v7 as uuidv7 } from 'uuid'
import { OverlayError } from '../../shared/protocol/errors.ts'
import type { ProxyEvent } from '../../shared/protocol/local.ts'
import { MemoryNetwork } from '../harness/memory-transport.ts'
import { seeded } from '../harness/seeded.ts'
import { FaultyLine } from './faulty-line.ts'
import { Instance, LIFETIME_MS, type RunningPeer } from './instance.ts'
import { Judge } from './judge.ts'
import type { Action, Story } from './steps.ts'
import type { VirtualTime } from './virtual-time.ts'

const NAMES = ['alice', 'bob']
const PARTS = ['proxy', 'peer'] as const
/** Housekeeping comes round within this time. */
const ROUND_MS = 61_000
/** The longest pause between two attempts is a minute; what waits for that may itself wait once more. */
const RECOVERY_MS = 150_000

/** @throws {Error} when a promise of the delivery was broken on the way or in the end @returns what was judged */
export async function live({ lot, steps }: Story, place: { folder: string; time: VirtualTime }): Promise<Judge> {
  const world = new World(lot, place)
  try {
    await world.begin()
    for (const { action, turns } of steps) await world.step(action, turns)
    await world.recover()
    return world.judge
  } finally {
    world.end()
  }
}

class World {
  readonly judge: Judge
  readonly #time: VirtualTime
  readonly #line: FaultyLine
  readonly #instances: readonly Instance[]
  readonly #failures: unknown[] = []

  constructor(lot: number, { folder, time }: { folder: string; time: VirtualTime }) {
    const network = new MemoryNetwork()
    const random = seeded(lot)
    this.#time = time
    this.#line = new FaultyLine(network)
    this.#instances = NAMES.map(name => {
      const others = NAMES.filter(other => other !== name)
      const shown = (id: string) => this.judge.shown(name, id)
      const heard = (event: ProxyEvent) => this.judge.heard(name, event)
      return new Instance({ name, others, folder, network, random, happens: time.happens, shown, heard })
    })
    this.judge = new Judge(this.#instances)
  }

  async begin(): Promise<void> {
    for (const instance of this.#instances) for (const part of PARTS) await instance.start(part)
    await this.#time.pass(1_000)
  }

  async step(action: Action, turns: number | 'quiet'): Promise<void> {
    await this.#act(action)
    if (turns === 'quiet') await this.#time.settle()
    else await this.#time.turns(turns)
    this.#throwFailures()
    this.judge.look()
  }

  /** Everything runs and is connected again: what was promised must come true within bounded time. */
  async recover(): Promise<void> {
    this.#line.heal()
    for (const instance of this.#instances) for (const part of PARTS) await instance.start(part)
    await this.#time.pass(RECOVERY_MS, () => this.judge.isDone())
    this.#throwFailures()
    this.judge.look()
    this.judge.conclude()
    this.judge.faults = this.#line.hit
  }

  end(): void {
    for (const instance of this.#instances) for (const part of PARTS) instance.crash(part)
  }

  async #act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'send':
        for (let n = 0; n < action.count; n += 1) this.#send(action.who)
        return
      case 'crash':
        return this.#at(action.who).crash(action.part)
      case 'stop':
        return this.#at(action.who).stop(action.part)
      case 'start':
        return this.#at(action.who).start(action.part)
      case 'crash and start':
        this.#at(action.who).crash(action.part)
        return this.#at(action.who).start(action.part)
      case 'cut':
        return this.#line.cut(action.who, action.how)
      case 'heal':
        return this.#line.heal()
      case 'fault':
        return this.#line.failNext(action.who, action.fault, action.ms)
      case 'pass':
        return this.#time.pass(action.ms)
      case 'jump':
        return this.#time.jump(action.ms)
      case 'a lifetime passes':
        return this.#time.pass(LIFETIME_MS + ROUND_MS)
      case 'cancel':
        return this.#try(action, (peer, id) => peer.chat.cancel(id))
      case 'retry':
        return this.#try(action, async (peer, id) => {
          const retried = peer.chat.retry(id)
          void retried.then(
            () => this.judge.retried(id),
            () => undefined,
          )
          return retried
        })
      case 'read': {
        const other = NAMES.find(name => name !== action.who) ?? ''
        this.#expect(this.#at(action.who).peer?.chat.markRead(other))
        return
      }
      default:
        action satisfies never
    }
  }

  #send(who: string): void {
    const peer = this.#at(who).peer
    const to = NAMES.find(name => name !== who) ?? ''
    const id = uuidv7()
    const message = this.judge.nextText()
    this.#expect(peer?.chat.send(to, { message, id }).then(() => this.judge.accepted(who, id)))
  }

  /** On one of those that a person would try it on. */
  #try(
    { kind, who, pick }: { kind: 'cancel' | 'retry'; who: string; pick: number },
    attempt: (peer: RunningPeer, id: string) => Promise<unknown>,
  ): void {
    const { peer } = this.#at(who)
    const rows = this.judge
      .rows(who)
      .filter(({ state }) => (state === 'failed' || state === 'cancelled') === (kind === 'retry'))
    const row = rows[rows.length === 0 ? 0 : pick % rows.length]
    if (peer !== undefined && row !== undefined) this.#expect(attempt(peer, row.id))
  }

  /** An expected refusal is fine; anything else is a bug. */
  #expect(call: Promise<unknown> | undefined): void {
    call?.catch(error => {
      if (!(error instanceof OverlayError)) this.#failures.push(error)
    })
  }

  #throwFailures(): void {
    const [failure] = this.#failures
    if (failure !== undefined) throw failure
  }

  #at(who: string): Instance {
    const found = this.#instances.find(({ name }) => name === who)
    if (found === undefined) throw new Error(`there is no ${who}`)
    return found
  }
}
