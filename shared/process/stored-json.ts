/** What lies in a store as JSON. */
import * as z from 'zod'

/** The JSON text of a value, both ways. A stored text that is no JSON throws the parser's own error. */
export const storedJson = <T extends z.ZodType>(schema: T) =>
  z.codec(z.string(), schema, { decode: text => JSON.parse(text), encode: value => JSON.stringify(value) })
