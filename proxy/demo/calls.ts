/** What the demonstration provider was asked, kept for tests and for a look from outside. */
import type { IncomingHttpHeaders } from 'node:http'
import type { ApiKind } from '../../shared/protocol/route.ts'

/** `complete`: everything was sent. `closed-early`: the client left. `broken`: the provider broke off on purpose. */
export type Outcome = 'complete' | 'closed-early' | 'broken'

export type DemoCall = {
  readonly kind: ApiKind
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
  readonly status: number
  /** Settles when the answer was sent or the connection closed. Never rejects. */
  readonly outcome: Promise<Outcome>
}

const KEPT_CALLS = 200

/** The last calls, oldest first. */
export class Calls {
  readonly #calls: DemoCall[] = []
  readonly #onCall: (call: DemoCall) => void

  constructor(onCall: (call: DemoCall) => void = () => {}) {
    this.#onCall = onCall
  }

  get list(): readonly DemoCall[] {
    return this.#calls
  }

  add(call: DemoCall): void {
    this.#calls.push(call)
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift()
    this.#onCall(call)
  }
}
