/** Trying a key or a route before it is saved: what is asked, and what the proxy that tried it says. */
import * as z from 'zod'
import { CredentialChange } from './control.ts'
import { PeerName } from './names.ts'
import { SavedApiRoute } from './route-address.ts'

/** Most models that are listed. */
export const MOST_MODELS = 1000

/** A key as it would be saved. What is left out is as it is saved now. */
export const CredentialTrial = CredentialChange.extend({
  proxy: PeerName.optional().describe('which proxy tries it; otherwise one whose routes name the credential'),
})
export type CredentialTrial = z.infer<typeof CredentialTrial>

export const RouteTrial = z.strictObject({ route: SavedApiRoute })
export type RouteTrial = z.infer<typeof RouteTrial>

export const ListedModel = z.object({
  id: z.string().min(1).max(200),
  shutdown: z.iso.date().optional().describe('the day on which the provider means to shut the model down'),
  replacement: z.string().max(200).optional().describe('the model that the provider names in its place'),
})
export type ListedModel = z.infer<typeof ListedModel>

/** `field` is where the mistake is, as far as that is known. */
export const TrialResult = z.object({
  ok: z.boolean(),
  code: z.string().max(64).optional().describe('what is wrong, such as wrong_key, unknown_model or unreachable'),
  field: z.enum(['value', 'baseUrl', 'credential', 'model']).optional(),
  message: z.string().max(4000).describe('a sentence for a person'),
  models: z
    .array(ListedModel)
    .max(MOST_MODELS)
    .describe('the models to choose from, as far as the provider lists them'),
})
export type TrialResult = z.infer<typeof TrialResult>

export const TrialAnswer = TrialResult.extend({ proxy: PeerName.describe('the proxy that tried it') })
export type TrialAnswer = z.infer<typeof TrialAnswer>

/** How a proxy tells the controller what came of a trial. */
export const TrialReport = z.object({ name: PeerName, result: TrialResult })
export type TrialReport = z.infer<typeof TrialReport>
