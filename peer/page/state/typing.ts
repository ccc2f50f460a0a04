/** Typing, both ways: told to a person at most every few seconds, forgotten soon after it was heard. */
import type { ChatState } from './chat-state.ts'
import { nameKey } from './names.ts'

const TELL_EVERY_MS = 2_500
const FORGET_AFTER_MS = 5_000

export class Typing {
  readonly #state: ChatState
  readonly #tell: (peer: string) => Promise<unknown>
  readonly #toldAt = new Map<string, number>()
  readonly #forgetting = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(state: ChatState, tell: (peer: string) => Promise<unknown>) {
    this.#state = state
    this.#tell = tell
  }

  /** The reader typed. Losing this costs nothing, so a failure is not shown. */
  typed(peer: string, now = Date.now()): void {
    const person = this.#state.people.peek().find(one => nameKey(one.name) === nameKey(peer))
    if (person?.kind !== 'person' || !person.online) return
    if (now - (this.#toldAt.get(nameKey(peer)) ?? 0) < TELL_EVERY_MS) return
    this.#toldAt.set(nameKey(peer), now)
    this.#tell(peer).catch(() => undefined)
  }

  /** A message was sent: the next key press is news again. */
  sent(peer: string): void {
    this.#toldAt.delete(nameKey(peer))
  }

  heard(peer: string): void {
    const key = nameKey(peer)
    clearTimeout(this.#forgetting.get(key))
    this.#forgetting.set(
      key,
      setTimeout(() => this.stopped(peer), FORGET_AFTER_MS),
    )
    if (!this.#state.typing.peek().has(key)) this.#state.typing.value = new Set(this.#state.typing.peek()).add(key)
  }

  stopped(peer: string): void {
    const key = nameKey(peer)
    if (!this.#state.typing.peek().has(key)) return
    this.#state.typing.value = new Set([...this.#state.typing.peek()].filter(other => other !== key))
  }
}
