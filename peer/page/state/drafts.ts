/** What was typed to each peer and not sent yet. */
import { readStored, writeStored } from './browser-storage.ts'
import { nameKey } from './names.ts'

const keyOf = (peer: string): string => `draft:${nameKey(peer)}`

export const readDraft = (peer: string): string => readStored(keyOf(peer)) ?? ''

export const keepDraft = (peer: string, text: string): void => writeStored(keyOf(peer), text)
