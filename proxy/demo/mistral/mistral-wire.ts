/** Mistral's wire format, for the demonstration provider. */
import type { Wire } from '../wire.ts'
import { bearerKey } from '../wire.ts'
import { frames, whole } from './answer.ts'
import { fault, refuseGarbage, refuseKey, SERVER_ERROR } from './errors.ts'
import { check } from './request.ts'

export const mistralWire: Wire = {
  keyOf: bearerKey,
  refuseKey,
  refuseGarbage,
  check,
  fault,
  whole,
  frames,
  streamFault: refusal => ({ data: (refusal ?? SERVER_ERROR).body }),
}
