/** Passing signals to one destination: bounded, and pieces of one answer that wait together are joined. */
import type { Signal } from '../shared/protocol/local.ts'

const LIMIT = 256

export class SignalQueue {
  #waiting: Signal[] = []

  get size(): number {
    return this.#waiting.length
  }

  add(signal: Signal): void {
    const last = this.#waiting.at(-1)
    if (signal.kind === 'typing' && last?.kind === 'typing') return
    if (signal.kind === 'delta' && last?.kind === 'delta' && last.delta.id === signal.delta.id) {
      const { offset, text } = last.delta
      if (offset + text.length === signal.delta.offset) {
        this.#waiting[this.#waiting.length - 1] = {
          kind: 'delta',
          delta: { ...last.delta, text: text + signal.delta.text },
        }
        return
      }
    }
    this.#waiting.push(signal)
    if (this.#waiting.length > LIMIT) this.#waiting.shift()
  }

  /** Takes all that wait. */
  take(): Signal[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }
}
