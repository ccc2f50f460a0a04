/** One breaker a route: it lasts as long as the route and its credential are the same, since a change may be the remedy. */
import { isDeepStrictEqual } from 'node:util'
import { nameKey } from '../shared/protocol/names.ts'
import type { ApiRoute } from '../shared/protocol/route.ts'
import { admitted, CLOSED, judged, type Refused, type Role, refusalOf, type Verdict } from './providers/breaker.ts'
import type { Credential } from './routing.ts'

type Target = { readonly name: string; readonly route: ApiRoute }

/** A call that may be made. The first verdict counts. */
export type Ticket = { readonly role: Role; readonly judge: (verdict: Verdict) => void }

class Circuit {
  readonly #now: () => number
  #breaker = CLOSED

  constructor(now: () => number) {
    this.#now = now
  }

  refusal(): Refused | undefined {
    return refusalOf(this.#breaker, this.#now())
  }

  /** Only where nothing is refused. */
  admit(): Ticket {
    const { role, breaker } = admitted(this.#breaker)
    this.#breaker = breaker
    let isJudged = false
    const judge = (verdict: Verdict) => {
      if (isJudged) return
      isJudged = true
      this.#breaker = judged(this.#breaker, { role, verdict }, this.#now())
    }
    return { role, judge }
  }
}

type Known = { readonly route: ApiRoute; readonly credential: Credential | undefined; readonly circuit: Circuit }

export class Circuits {
  readonly #now: () => number
  readonly #known = new Map<string, Known>()

  /** @param now milliseconds that only grow */
  constructor(now: () => number) {
    this.#now = now
  }

  of({ name, route }: Target, credential: Credential | undefined): Circuit {
    const known = this.#known.get(nameKey(name))
    if (known !== undefined && isDeepStrictEqual(known.route, route) && isSame(known.credential, credential))
      return known.circuit
    const circuit = new Circuit(this.#now)
    this.#known.set(nameKey(name), { route, credential, circuit })
    return circuit
  }
}

const isSame = (one: Credential | undefined, other: Credential | undefined): boolean =>
  one?.secret.reveal() === other?.secret.reveal() && isDeepStrictEqual(one?.origins, other?.origins)
