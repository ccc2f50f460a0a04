/** What a command or a publication says. It is written by others, and is checked before it becomes a message. */
import * as z from 'zod'
import { firstIssue } from '../../shared/protocol/errors.ts'
import { METADATA_BYTES, MessageText, Metadata, oversize, utf8Bytes } from '../../shared/protocol/message.ts'

const Whole = z.strictObject({
  text: MessageText.min(1, 'must not be empty'),
  metadata: Metadata.default({}).describe('such as readings, unit and time, which the page draws'),
})
/** A text, which the page shows as Markdown, or a text with data for programs. */
const Reply = z.union([z.string(), Whole])
export type Reply = z.input<typeof Reply>
export type WholeReply = z.infer<typeof Whole>

/** What of the metadata is kept for what the service itself adds, in bytes of JSON. */
const OWN_METADATA = 6 * 1024
const LIMIT = METADATA_BYTES - OWN_METADATA

/** @throws {Error} saying what is wrong with it */
export function readReply(value: unknown): WholeReply {
  // As it will be read again: JSON asks objects what they become, and what is stored must be what was checked.
  const json = JSON.stringify(typeof value === 'string' ? { text: value } : value)
  const parsed = Whole.safeParse(json === undefined ? undefined : JSON.parse(json))
  if (!parsed.success) {
    const { field, detail } = firstIssue(parsed.error)
    throw new Error(`Cannot send what it returned: ${field === '' ? 'it' : field} ${detail}.`)
  }
  const { text, metadata } = parsed.data
  const size = oversize({ message: text, metadata: {} })
  const data = utf8Bytes(JSON.stringify(metadata))
  if (size !== undefined)
    throw new Error(`Cannot send what it returned: a text of ${size.bytes} bytes; at most ${size.limit}.`)
  if (data > LIMIT) throw new Error(`Cannot send what it returned: metadata of ${data} bytes; at most ${LIMIT}.`)
  return parsed.data
}
