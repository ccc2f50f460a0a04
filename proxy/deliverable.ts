/**
 * What is kept for the own peer must fit into one event of its stream, whoever wrote it: a longer text or reason is cut, and
 * says so. Earlier versions kept answers of any length; they are cut when they are given.
 */
import * as z from 'zod'
import { WORDS_LENGTH } from '../shared/protocol/bounds.ts'
import { cut } from '../shared/protocol/cut.ts'
import { ANSWER_BYTES, beginningOf, KeptMetadata, utf8Bytes } from '../shared/protocol/message.ts'

/** Below this many characters every event fits. A text of {@link ANSWER_BYTES} may have six times as many as JSON. */
const SMALL = ANSWER_BYTES
/** Most characters of an event as JSON: what a reader takes at once is twice as much and more. */
export const EVENT_CHARACTERS = 8 * 1024 * 1024

const Text = z.looseObject({ message: z.looseObject({ message: z.string(), metadata: z.unknown() }) })
const Reason = z.looseObject({ reason: z.string() })

/** @param json an event as JSON, without its cursor @returns the same, or as much of it as its reader takes */
export function deliverable(json: string): string {
  if (json.length <= SMALL) return json
  const event: unknown = JSON.parse(json)
  const withText = Text.safeParse(event).data
  if (withText !== undefined) return withCutText(withText, json)
  const withReason = Reason.safeParse(event).data
  return withReason === undefined
    ? json
    : JSON.stringify({ ...withReason, reason: cut(withReason.reason, WORDS_LENGTH) })
}

function withCutText(event: z.infer<typeof Text>, json: string): string {
  const { message } = event
  const bytes = utf8Bytes(message.message)
  if (bytes <= ANSWER_BYTES && json.length <= EVENT_CHARACTERS) return json
  const metadata = {
    ...KeptMetadata.parse(message.metadata),
    ending: 'length',
    endingDetail: `Only its beginning is kept: it was ${Math.ceil(bytes / 1024)} KiB, and ${ANSWER_BYTES / 1024} KiB is the limit.`,
  }
  return JSON.stringify({
    ...event,
    message: { ...message, message: beginningOf(message.message, ANSWER_BYTES), metadata },
  })
}
