/** The address of a conversation within the page: `#/bob`. */
import type { Signal } from '@preact/signals'
import { sameName } from './names.ts'

export function peerOfHash(hash: string): string | null {
  const name = /^#\/([A-Za-z0-9_-]{1,32})$/.exec(hash)?.[1]
  return name ?? null
}

export const hashOfPeer = (peer: string): string => `#/${peer}`

/** Whether the page's address is that of a conversation: what is written goes nowhere else. */
export function isAddressOf(peer: string): boolean {
  const open = peerOfHash(location.hash)
  return open !== null && sameName(open, peer)
}

/** Opens a conversation: the address changes, and what is selected follows it. */
export function goTo(peer: string): void {
  location.hash = hashOfPeer(peer)
}

/** Selects what the address says, until the returned function is called. Nothing else selects. */
export function followAddress(selected: Signal<string | null>): () => void {
  const stop = new AbortController()
  const read = () => {
    selected.value = peerOfHash(location.hash)
  }
  read()
  window.addEventListener('hashchange', read, { signal: stop.signal })
  return () => stop.abort()
}
