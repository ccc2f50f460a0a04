/** What a test and its process of other callers tell each other. */
import * as z from 'zod'

/** Calls to make, for so many milliseconds. */
export const Order = z.object({ urls: z.array(z.string()), ms: z.number() })
export type Order = z.infer<typeof Order>
/** The 99th percentile, in milliseconds, of so many calls. */
export const Probed = z.object({ p99: z.number(), calls: z.int(), failed: z.int() })
export type Probed = z.infer<typeof Probed>
