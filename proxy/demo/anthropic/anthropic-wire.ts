/** Anthropic's wire format, for the demonstration provider. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Wire } from '../wire.ts'
import { bearerKey } from '../wire.ts'
import { frames, whole } from './answer.ts'
import { fault, refuseGarbage, refuseKey } from './errors.ts'
import { check } from './request.ts'

export const anthropicWire: Wire = {
  keyOf,
  refuseKey,
  refuseGarbage,
  check,
  fault,
  whole,
  frames,
  streamFault: refusal => ({
    event: 'error',
    data: refusal?.body ?? { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  }),
}

/** The official client sends a bearer token; where both are there, `x-api-key` counts. */
function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key']
  return typeof key === 'string' ? key : bearerKey(headers)
}
