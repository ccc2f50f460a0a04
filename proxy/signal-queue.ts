/** Passing signals to one destination: bounded, and pieces of one answer that wait together are joined. */
import type { Signal } from '../shared/protocol/local.ts'

const LIMIT = 256
/** Most characters of pieces that wait; the oldest are dropped, and the whole answer comes as a message. */
const CHARACTERS = 256 * 1024

export class SignalQueue {
  #waiting: Signal[] = []
  #characters = 0

  get size(): number {
    return this.#waiting.length
  }

  add(signal: Signal): void {
    this.#characters += charactersOf(signal)
    this.#join(signal)
    while (this.#waiting.length > LIMIT || (this.#characters > CHARACTERS && this.#waiting.length > 1)) {
      const [oldest] = this.#waiting.splice(0, 1)
      this.#characters -= oldest === undefined ? 0 : charactersOf(oldest)
    }
  }

  #join(signal: Signal): void {
    const last = this.#waiting.at(-1)
    if (signal.kind === 'typing' && last?.kind === 'typing') return
    if (signal.kind === 'delta' && last?.kind === 'delta' && last.delta.id === signal.delta.id) {
      const { offset, text } = last.delta
      const isBehind = offset + text.length === signal.delta.offset
      if (isBehind && text.length + signal.delta.text.length <= CHARACTERS) {
        this.#waiting[this.#waiting.length - 1] = {
          kind: 'delta',
          delta: { ...last.delta, text: text + signal.delta.text },
        }
        return
      }
    }
    this.#waiting.push(signal)
  }

  /** Takes all that wait. */
  take(): Signal[] {
    const taken = this.#waiting
    this.#waiting = []
    this.#characters = 0
    return taken
  }
}

const charactersOf = (signal: Signal): number => (signal.kind === 'delta' ? signal.delta.text.length : 0)
