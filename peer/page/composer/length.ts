/** How much of what a message may hold is used, counted as the peer counts it: in bytes of UTF-8. */
import { MESSAGE_BYTES, utf8Bytes } from '../../../shared/protocol/message-length.ts'
import { figure } from '../../../shared/written.ts'

/** From here on the count is shown, in bytes. */
const NEAR_BYTES = MESSAGE_BYTES * 0.9
/** Most bytes of one UTF-16 code unit: a text with few of them need not be counted. */
const UNIT_BYTES = 3

/** Bytes that a text has more than a message may hold; 0 or less for one that fits. */
export const excessOf = (text: string): number => bytesOf(text) - MESSAGE_BYTES

/** Undefined far from the limit. */
export function lengthWords(text: string): string | undefined {
  const bytes = bytesOf(text)
  if (bytes < NEAR_BYTES) return undefined
  const most = figure(MESSAGE_BYTES)
  if (bytes <= MESSAGE_BYTES) return `${figure(bytes)} of ${most} bytes`
  const excess = figure(bytes - MESSAGE_BYTES)
  return `Too long to send: ${figure(bytes)} bytes, and a message holds ${most}. Shorten it by ${excess} bytes.`
}

/** Exact near the limit and above it. */
const bytesOf = (text: string): number => (text.length * UNIT_BYTES < NEAR_BYTES ? text.length : utf8Bytes(text))
