/** The address of a conversation within the page: `#/bob`. */
import { effect, type Signal } from '@preact/signals'

export function peerOfHash(hash: string): string | null {
  const name = /^#\/([A-Za-z0-9_-]{1,32})$/.exec(hash)?.[1]
  return name ?? null
}

export const hashOfPeer = (peer: string): string => `#/${peer}`

/** Keeps the selection and the address in step until the returned function is called. */
export function followAddress(selected: Signal<string | null>): () => void {
  const stop = new AbortController()
  const read = () => {
    selected.value = peerOfHash(location.hash)
  }
  read()
  window.addEventListener('hashchange', read, { signal: stop.signal })
  const dispose = effect(() => {
    const peer = selected.value
    if (peer === peerOfHash(location.hash)) return
    history.pushState(null, '', peer === null ? location.pathname : hashOfPeer(peer))
  })
  return () => {
    stop.abort()
    dispose()
  }
}
