/**
 * What was typed to each peer and not sent yet. Each tab has its own, which a reload keeps; the one that was typed last is kept beside
 * it for a tab that is opened later. No tab removes what another one typed.
 */
import { readStored, writeStored } from './browser-storage.ts'
import { nameKey } from './names.ts'

const keyOf = (peer: string): string => `draft:${nameKey(peer)}`

export const readDraft = (peer: string): string => ofThisTab(keyOf(peer)) ?? readStored(keyOf(peer)) ?? ''

export function keepDraft(peer: string, text: string): void {
  const key = keyOf(peer)
  const isOwn = readStored(key) === (ofThisTab(key) ?? readStored(key))
  try {
    sessionStorage.setItem(key, text)
  } catch {
    // Refused or full: then the tabs share one draft.
  }
  if (text !== '' || isOwn) writeStored(key, text)
}

/** Empty where the tab has sent or deleted it; null where nothing was typed in this tab. */
function ofThisTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}
