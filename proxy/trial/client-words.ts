/** What a trial and the worker of its client say to each other: one call at a time, and within it one request at a time. */
import * as z from 'zod'

export const ClientKind = z.enum(['openai', 'anthropic', 'mistral'])
export type ClientKind = z.infer<typeof ClientKind>

/** `get` asks for one model; `body` is the JSON that the server answered, `refused` that there is none. */
export const ToClient = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('get'), model: z.string() }),
  z.object({ kind: z.literal('body'), body: z.unknown() }),
  z.object({ kind: z.literal('refused') }),
])
export type ToClient = z.infer<typeof ToClient>

/** `path` is below the base URL; `version` is that of Anthropic's API. */
export const FromClient = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('request'), path: z.string(), version: z.string().optional() }),
  z.object({ kind: z.literal('done'), found: z.array(z.unknown()) }),
  z.object({ kind: z.literal('failed') }),
])
export type FromClient = z.infer<typeof FromClient>
