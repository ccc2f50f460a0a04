/** Mistral's wire format, for the demonstration provider. */
import type { Wire } from '../wire.ts'
import { bearerKey } from '../wire.ts'
import { frames, whole } from './answer.ts'
import { fault, refuseGarbage, refuseKey } from './errors.ts'
import { check } from './request.ts'

export const mistralWire: Wire = {
  keyOf: bearerKey,
  refuseKey,
  refuseGarbage,
  check,
  fault,
  whole,
  frames,
  streamFault: () => ({ data: fault('server-error').body }),
}
