/** Who there is: a person, an assistant or a service, each with a proxy of its own. */
import * as z from 'zod'
import { DisplayName, PeerName } from '../shared/protocol/names.ts'
import { ReplyMode } from '../shared/protocol/peer-api.ts'
import { CredentialId } from '../shared/protocol/route.ts'
import { LoopbackAddress } from './address.ts'

const common = {
  name: PeerName,
  n: z.int().min(0).max(999).describe('offset of its ports: peer 5000+n, proxy 10000+n'),
  displayName: DisplayName.optional().describe('what people read instead of the name'),
  proxy: LoopbackAddress.optional().describe('where its proxy listens, instead of the port that n gives'),
}
const withPage = {
  ...common,
  peer: LoopbackAddress.optional().describe('where its peer listens, instead of the port that n gives'),
}

export const Person = z.strictObject({
  kind: z.literal('person'),
  ...withPage,
  mode: ReplyMode.default('manual').describe(
    'how it answers: manual, by hand; canned, automatically with a random canned reply; away, the same, but at most once a sender and minute; assistant, through an AI',
  ),
  assistant: z
    .strictObject({
      route: PeerName.describe('the API route of its own proxy through which it answers'),
      personality: z.string().optional(),
    })
    .optional()
    .describe('how it answers as an assistant; through the first of the routes where it is missing'),
})
export type Person = z.infer<typeof Person>

const Assistant = z.strictObject({
  kind: z.literal('assistant'),
  ...withPage,
  route: PeerName.describe('the API route of its own proxy through which it answers'),
  credential: CredentialId.optional().describe(
    'which credential it uses instead of that of the route: one of its own is known to its proxy alone',
  ),
  personality: z.string().optional(),
})
const Service = z.strictObject({
  kind: z.literal('service'),
  ...common,
  service: z
    .string()
    .min(1)
    .max(1_000)
    .describe('what it does: thermometer, or the file of a module of your own, seen from the configuration file'),
  everySeconds: z
    .number()
    .min(0.1)
    .max(86_400)
    .optional()
    .describe('how often it publishes, instead of what its module says'),
})

export const Instance = z.discriminatedUnion('kind', [Person, Assistant, Service])
export type Instance = z.infer<typeof Instance>
