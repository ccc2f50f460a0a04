/** A message as lines: when, who, what kind of thing it is, the text, and what became of it. */
import type { MessageRecord, Metadata } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { endingNote, fallbackNote } from '../page/message/facts.ts'
import { type Line, type Span, styled } from './line.ts'
import { timeWords } from './times.ts'
import { rowsOf } from './visible.ts'

export const INDENT = '  '

export type Reader = { readonly me: string; readonly now: Date }
/** `stored`: it was not seen when it came. */
export type Manner = { readonly stored?: boolean }

export function recordLines(record: MessageRecord, reader: Reader, { stored = false }: Manner = {}): Line[] {
  const mine = sameName(record.sender, reader.me)
  const who = mine ? `${record.sender} → ${record.conversation}` : record.sender
  const head = heading({ who, mine, stored, time: new Date(record.timestamp), marks: marksOf(record) }, reader.now)
  const isFailure = record.metadata.error !== undefined
  const [first = '', ...more] = rowsOf(record.message.trimEnd())
  const body = (text: string): Span => (isFailure ? styled('error', text) : text)
  return [[...head, body(first)], ...more.map(row => [INDENT, body(row)]), ...noteLines(record, { mine })]
}

export type Heading = {
  readonly who: string
  readonly mine?: boolean
  readonly stored?: boolean
  readonly time: Date
  readonly marks: readonly string[]
}

/** `[12:30][bob] `, with what is to be known of the message before it is read. */
export function heading({ who, mine, stored, time, marks }: Heading, now: Date): Span[] {
  return [
    ...(stored ? [styled('notice', '[Stored]'), ' '] : []),
    styled('dim', `[${timeWords(time, now)}]`),
    styled(mine ? 'mine' : 'sender', `[${who}]`),
    ' ',
    ...(marks.length === 0 ? [] : [styled('dim', `(${marks.join(', ')})`), ' ']),
  ]
}

/** What kind of message it is, in brief words; nothing for what a person wrote. */
export function marksOf({ type, metadata }: Pick<MessageRecord, 'type' | 'metadata'>): string[] {
  return [
    ...(metadata.error !== undefined ? ['failure'] : type === 'notification' ? ['notice'] : []),
    ...(type === 'subscription' ? ['subscription'] : []),
    ...(metadata.model !== undefined ? ['AI'] : metadata.autoReply === true && type === 'chat' ? ['automatic'] : []),
    ...(metadata.demo === true ? ['demonstration'] : []),
  ]
}

/** What stands under a message: how an answer ended, who gave it instead, why an own message is not where it should be. */
export function noteLines(
  { message, metadata, state, reason }: Pick<MessageRecord, 'message' | 'metadata' | 'state' | 'reason'>,
  { mine }: { mine: boolean },
): Line[] {
  const isStuck = mine && (state === 'failed' || state === 'waiting' || state === 'cancelled')
  const stuck = isStuck ? `${state}${reason === undefined ? '' : `: ${reason}`}` : undefined
  return [...answerNotes(metadata, message), stuck].flatMap(note =>
    note === undefined ? [] : [[INDENT, styled('dim', `(${note})`)]],
  )
}

/** An answer without any text says as its text how it ended: once is enough. */
function answerNotes(metadata: Metadata, message: string): (string | undefined)[] {
  const ending = endingNote(metadata)
  return [fallbackNote(metadata), ending === message.trim() ? undefined : ending]
}
