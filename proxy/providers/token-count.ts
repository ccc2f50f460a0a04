/** How many tokens a provider counted. One that tells no possible number has told none. */
import * as z from 'zod'

/** Most tokens of one count: a hundred times what any model reads. Three of them are added up, and then those of a day. */
const MOST_TOKENS = 100_000_000

export const TokenCount = z.int().nonnegative().max(MOST_TOKENS).nullish()
