/** How far each stream was sent: what anybody says of later messages cannot be so. */
import { nameKey } from '../shared/protocol/names.ts'
import type { Destination } from './destinations.ts'

type Stream = Pick<Destination, 'name' | 'stream' | 'begin'>

export class LastSent {
  readonly #sent = new Map<string, { readonly stream: string; readonly sequence: number }>()

  /** @param before destinations as an earlier run of this process left them: all that it numbered, it may have sent */
  constructor(before: readonly Destination[]) {
    for (const { name, stream, next } of before) this.#sent.set(nameKey(name), { stream, sequence: next - 1 })
  }

  /** The last sequence of a stream that may have been sent. */
  of({ name, stream, begin }: Stream): number {
    const sent = this.#sent.get(nameKey(name))
    return sent?.stream === stream ? sent.sequence : begin - 1
  }

  /** It is sent now, up to a sequence. @returns as {@link of} */
  noteSent(to: Stream, sequence: number): number {
    const last = Math.max(this.of(to), sequence)
    this.#sent.set(nameKey(to.name), { stream: to.stream, sequence: last })
    return last
  }
}
