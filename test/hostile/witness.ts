/** Whether every process still serves its own: a message, a question to an AI, a page, a reading of the service. */
import { performance } from 'node:perf_hooks'
import { call, PeerClient } from '../harness/peer-client.ts'
import type { Ground } from './ground.ts'

/** Longest wait for any of it, in milliseconds, while the machine has a lot to do. */
const BOUND_MS = 30_000

/** The AI that no attack asks. */
export const WITNESS_AI = 'MISTRAL'

export class Witness implements Disposable {
  readonly #ground: Ground
  readonly #alice: PeerClient
  readonly #bob: PeerClient
  /** How long messages took from alice to bob, in milliseconds. */
  readonly times: number[] = []
  questions = 0

  private constructor(ground: Ground, [alice, bob]: [PeerClient, PeerClient]) {
    this.#ground = ground
    this.#alice = alice
    this.#bob = bob
  }

  static async open(ground: Ground): Promise<Witness> {
    return new Witness(ground, [
      await PeerClient.connect(ground.peer('alice')),
      await PeerClient.connect(ground.peer('bob')),
    ])
  }

  /** @throws {Error} when it does not arrive within {@link BOUND_MS} */
  async message(): Promise<void> {
    const began = performance.now()
    const id = await this.#alice.send('bob', `are you there? ${this.times.length}`)
    await within(
      this.#bob.message(message => message.id === id),
      'a message from alice to bob did not arrive',
    )
    this.times.push(performance.now() - began)
    this.#forget()
  }

  async question(): Promise<void> {
    const id = await this.#alice.send(WITNESS_AI, 'Hello?')
    const answer = await within(
      this.#alice.message(({ metadata }) => metadata.replyTo === id),
      'a question was not answered',
    )
    if (answer.metadata.ending !== 'stop') throw new Error(`a question was not answered: ${answer.message}`)
    this.questions += 1
  }

  async pages(): Promise<void> {
    const { overlay } = this.#ground
    for (const origin of [overlay.controller, this.#ground.peer('alice'), this.#ground.peer('bob')]) {
      const page = await within(fetch(`${origin}/`), `${origin} did not load`)
      if (page.status !== 200 || !(await page.text()).includes('<div id="app">'))
        throw new Error(`${origin} answered ${page.status}`)
    }
    const proxies = await within(call('GET', `${overlay.controller}/api/proxies`), 'the dashboard did not load')
    if (proxies.status !== 200) throw new Error(`the dashboard answered ${proxies.status}`)
  }

  async service(): Promise<void> {
    const id = await this.#alice.send('thermometer1', 'range')
    await within(
      this.#alice.message(({ metadata }) => metadata.replyTo === id),
      'the thermometer did not answer',
    )
  }

  async everything(): Promise<void> {
    await this.message()
    await this.question()
    await this.pages()
    await this.service()
  }

  /** Looks again and again until `stop` aborts; rejects with the first thing that is not served. */
  async throughout(stop: AbortSignal, pauseMs: number): Promise<void> {
    for (let round = 0; !stop.aborted; round += 1) {
      await this.message()
      if (round % 5 === 0) await this.question()
      if (round % 5 === 2) await this.pages()
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }

  [Symbol.dispose](): void {
    this.#alice[Symbol.dispose]()
    this.#bob[Symbol.dispose]()
  }

  /** What was heard of others' messages meanwhile is not kept. */
  #forget(): void {
    for (const client of [this.#alice, this.#bob]) client.heard.splice(0, client.heard.length - 1_000)
  }
}

export async function within<T>(work: Promise<T>, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${BOUND_MS / 1_000} s`)), BOUND_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
