/** One message as the page shows it. */
import { type Signal, signal } from '@preact/signals'
import type { MessageRecord } from '../../../shared/protocol/message.ts'

/** Where the message stands between this page and its peer. */
export type Progress =
  /** The peer keeps it; its record says the rest. */
  | { readonly kind: 'kept' }
  /** An answer that still grows. */
  | { readonly kind: 'writing' }
  /** On its way to the peer, which has not confirmed it. */
  | { readonly kind: 'sending' }
  /** The peer did not take it. */
  | { readonly kind: 'unsent'; readonly reason: string }

/** What changes often has a signal of its own: a piece of text redraws one text, not the list. */
export interface Entry {
  readonly id: string
  readonly record: Signal<MessageRecord>
  readonly text: Signal<string>
  readonly progress: Signal<Progress>
}

export const newEntry = (record: MessageRecord, progress: Progress = { kind: 'kept' }): Entry => ({
  id: record.id,
  record: signal(record),
  text: signal(record.message),
  progress: signal(progress),
})
