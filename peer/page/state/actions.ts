/** What the reader can do beside sending. A failure is shown, nothing is undone in silence. */
import { RequestError } from '../../../shared/page/request.ts'
import type { ReplyMode } from '../../../shared/protocol/peer-api.ts'
import type { PeerApi } from '../api.ts'
import type { ChatState } from './chat-state.ts'
import type { Entry } from './entry.ts'
import { wordsOf } from './problem.ts'

type Calls = Pick<PeerApi, 'setMode' | 'clear' | 'clearAll' | 'cancel' | 'retry'>

export class Actions {
  readonly #state: ChatState
  readonly #calls: Calls
  #chosen = Promise.resolve()

  constructor(state: ChatState, calls: Calls) {
    this.#state = state
    this.#calls = calls
  }

  /** One after the other: the last one that was chosen is in force in the end. */
  async chooseMode(mode: ReplyMode): Promise<void> {
    const choose = () =>
      this.#try('Cannot change the automatic replies', async () => {
        this.#state.me.value = await this.#calls.setMode(mode)
      })
    this.#chosen = this.#chosen.then(choose)
    await this.#chosen
  }

  async clear(peer: string): Promise<void> {
    await this.#try(`Cannot clear the conversation with ${peer}`, () => this.#calls.clear(peer))
  }

  async clearAll(): Promise<void> {
    await this.#try('Cannot clear the conversations', () => this.#calls.clearAll())
  }

  /** Stops an answer that grows, or a message that waits. One that just ended by itself needs no stopping. */
  async cancel(id: string): Promise<void> {
    await this.#try('Cannot stop it', () =>
      this.#calls.cancel(id).catch((error: unknown) => {
        if (!(error instanceof RequestError && error.status === 404)) throw error
      }),
    )
  }

  /** Sends a failed message again, or asks a question again whose answer failed. */
  async retry(id: string): Promise<void> {
    await this.#try('Cannot try again', () => this.#calls.retry(id))
  }

  /** Stops the latest answer of the open conversation; false when none grows. */
  stopAnswer(): boolean {
    const selected = this.#state.selected.peek()
    const growing: Entry | undefined =
      selected === null ? undefined : this.#state.conversation(selected).writing.peek().at(-1)
    if (growing === undefined) return false
    void this.cancel(growing.id)
    return true
  }

  async #try(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
      this.#state.problem.value = null
    } catch (error) {
      this.#state.problem.value = `${what}: ${wordsOf(error)}`
    }
  }
}
