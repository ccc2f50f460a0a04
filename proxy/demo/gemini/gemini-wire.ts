/** Gemini's wire format, for the demonstration provider. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Wire } from '../wire.ts'
import { frames, whole } from './answer.ts'
import { fault, OVERLOADED, refuseGarbage, refuseKey } from './errors.ts'
import { check } from './request.ts'

export const geminiWire: Wire = {
  keyOf,
  refuseKey,
  refuseGarbage,
  check,
  fault,
  whole,
  frames,
  streamFault: refusal => ({ data: (refusal ?? OVERLOADED).body }),
}

/** Only the header: a key in the address is not taken here, since no client of ours may send one. */
function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-goog-api-key']
  return typeof key === 'string' ? key : undefined
}
