/** Puts a cost to each answer and counts it, in the write that settles its question: once, whatever crashes around it. */
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import type { Metadata } from '../shared/protocol/message.ts'
import { dayOf, NO_USAGE, type UsageCounts, type UsageKey } from '../shared/protocol/usage.ts'
import type { Outcome } from './answer.ts'
import { costOf, type Prices } from './cost.ts'
import type { Identity } from './identity.ts'
import type { Question, Questions } from './questions.ts'
import type { Routing } from './routing.ts'
import { UsageRows } from './usage-rows.ts'

export type AccountingParts = {
  readonly store: Store
  readonly identity: Pick<Identity, 'id'>
  readonly questions: Pick<Questions, 'isAsking'>
  readonly routing: Pick<Routing, 'api'>
  readonly prices: Prices
  /** The clock on the wall: days are those of the calendar. */
  readonly now: () => number
}

export class Accounting {
  readonly rows: UsageRows
  /** Rings when something was counted: once it is on disk, since a write ends in the turn that began it. */
  readonly counted = new Wake()
  readonly #parts: AccountingParts

  constructor(parts: AccountingParts) {
    this.#parts = parts
    this.rows = new UsageRows(parts.store, () => parts.identity.id)
  }

  /**
   * Inside the write that settles a question, before its end is recorded.
   * @returns the outcome, with the cost in the metadata of its message
   */
  readonly account = (question: Question, outcome: Outcome): Outcome => {
    const { prices, questions } = this.#parts
    const { message } = outcome
    if (outcome.unasked) return outcome
    const known = message?.metadata ?? outcome.metadata ?? {}
    const cost = costOf(known, prices)
    const facts: Metadata = { ...known, ...(cost && { cost }) }
    // One that is settled already was counted then.
    if (questions.isAsking(question.id)) {
      const key = this.#keyOf(question, facts)
      this.rows.add(key, countsOf(facts, { end: endOf(outcome), demo: key.demo }))
      this.counted.ring()
    }
    return message === undefined ? outcome : { ...outcome, message: { ...message, metadata: facts } }
  }

  /** An answer of which nothing is known any more counts for what its route is now. */
  #keyOf({ body }: Question, { fallback, model, cost, demo }: Metadata): UsageKey {
    const { routing, now } = this.#parts
    const name = fallback?.route ?? body.destination
    const asked = routing.api(name)
    return {
      day: dayOf(now()),
      route: asked?.name ?? name,
      // SQLite ends a text at a zero character.
      model: (model ?? asked?.route.model ?? 'unknown').replaceAll('\0', ' '),
      currency: cost?.currency ?? null,
      demo: demo ?? asked?.route.demo ?? false,
    }
  }
}

type End = 'answered' | 'failed' | 'cancelled' | 'interrupted'

/** A failure without a notice is one that nobody saw happen: the proxy was stopped, or it crashed. */
function endOf({ message, failed }: Outcome): End {
  const ending = message?.metadata.ending
  if (failed?.cancelled === true) return 'cancelled'
  if (failed !== undefined) return message === undefined ? 'interrupted' : 'failed'
  return ending === 'cancelled' || ending === 'interrupted' ? ending : 'answered'
}

/** Failures of which the API may have worked, and charge for it, although it told no usage. Others it refused. */
const PERHAPS_CHARGED = ['timeout', 'truncated', 'broken_answer']

function countsOf(facts: Metadata, { end, demo }: { end: End; demo: boolean }): UsageCounts {
  const { usage, cost, firstPieceMs, totalMs, error } = facts
  const refused = end === 'failed' && usage === undefined && !PERHAPS_CHARGED.includes(error?.code ?? 'timeout')
  return {
    ...NO_USAGE,
    calls: 1,
    ...(end !== 'answered' && { [end]: 1 }),
    input: usage?.input ?? 0,
    output: usage?.output ?? 0,
    cached: usage?.cached ?? 0,
    thinking: usage?.thinking ?? 0,
    withoutUsage: usage === undefined && !refused ? 1 : 0,
    cost: cost?.amount ?? 0,
    withoutCost: cost === undefined && !refused && !demo ? 1 : 0,
    // A clock that was set back in the meantime makes no negative time.
    ...(firstPieceMs !== undefined && { firstPieceMs: Math.max(0, firstPieceMs), firstPieces: 1 }),
    ...(totalMs !== undefined && { totalMs: Math.max(0, totalMs), timed: 1 }),
  }
}
