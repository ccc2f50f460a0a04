/** An assistant passes answers on as messages, which hold less than an answer may: what fits, and the words for the rest. */
import type { Delta } from '../shared/protocol/local.ts'
import { beginningOf, MESSAGE_BYTES } from '../shared/protocol/message.ts'

/** Most bytes of UTF-8 that one UTF-16 unit of a text takes. */
const BYTES_A_UNIT = 3

/** The piece itself while the message has room for it, else as much of it as fits. @param before what came of the answer so far */
export function fittingPiece(piece: Delta, before: string): Delta {
  const { offset, text } = piece
  if ((offset + text.length) * BYTES_A_UNIT <= MESSAGE_BYTES) return piece
  const whole = before.slice(0, offset) + text
  const fits = beginningOf(whole)
  return fits.length === whole.length ? piece : { ...piece, text: fits.slice(offset) }
}

/**
 * Whose limit it is: not the model's, and not the person's who asked.
 * @param bytes of the whole answer; undefined where it was stopped once the message was full
 */
export function cutBy(assistant: string, { route, bytes }: { route: string; bytes: number | undefined }): string {
  const answer = bytes === undefined ? 'a longer answer, which was stopped there' : `an answer of ${inKiB(bytes)} KiB`
  return `${assistant} passes answers on as messages, and a message of this overlay holds ${inKiB(MESSAGE_BYTES)} KiB: this is the beginning of ${answer}. Ask ${route} itself for the whole, or for less.`
}

const inKiB = (bytes: number): number => Math.ceil(bytes / 1024)
