/** What an answer costs, by the prices of the configuration. */
import type { Price } from '../config/config.ts'
import type { Cost, Metadata } from '../shared/protocol/message.ts'
import { own } from '../shared/protocol/names.ts'

/** Model → price. A model is priced by exactly the name that its route gives it. */
export type Prices = Readonly<Record<string, Price>>

const PER_TOKENS = 1_000_000
/** Digits of an amount that mean something; further ones are the noise of binary fractions. */
const DIGITS = 12

/**
 * The cost of an answer, or undefined where it is not known: for a model without a price, and for an answer whose tokens
 * the API did not tell. The demonstration costs nothing and has none.
 */
export function costOf({ model, usage, demo }: Metadata, prices: Prices): Cost | undefined {
  const price = model === undefined ? undefined : own(prices, model)
  if (price === undefined || usage === undefined || demo === true) return undefined
  const cached = Math.min(usage.cached ?? 0, usage.input)
  const sum =
    (usage.input - cached) * price.input + cached * (price.cached ?? price.input) + usage.output * price.output
  return {
    amount: Number((sum / PER_TOKENS).toPrecision(DIGITS)),
    currency: price.currency,
    priceDate: price.date,
  }
}
