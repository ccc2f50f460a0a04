/** Which part of the dashboard is open. It lives in the fragment of the address, so Back, reload and bookmarks work. */
import { signal } from '@preact/signals'

export type Place =
  | { readonly view: 'proxies' }
  | { readonly view: 'proxy'; readonly name: string; readonly tab: 'routes' | 'history' }
  | { readonly view: 'credentials' }
  | { readonly view: 'usage' }

/** The place that a fragment such as `#/proxies/bob/history` names; anything unknown is the overview. */
export function parsePlace(fragment: string): Place {
  const [section, name, tab] = fragment.replace(/^#\/?/, '').split('/')
  if (section === 'credentials' || section === 'usage') return { view: section }
  if (section !== 'proxies' || name === undefined || name === '') return { view: 'proxies' }
  return { view: 'proxy', name, tab: tab === 'history' ? 'history' : 'routes' }
}

export function placeLink(place: Place): string {
  if (place.view !== 'proxy') return `#/${place.view}`
  return `#/proxies/${place.name}${place.tab === 'history' ? '/history' : ''}`
}

export const openPlace = signal<Place>({ view: 'proxies' })

/** Follows the address bar. `onMove` is called after each move, not for the first place. */
export function followAddress(onMove: () => void): void {
  openPlace.value = parsePlace(location.hash)
  addEventListener('hashchange', () => {
    openPlace.value = parsePlace(location.hash)
    onMove()
  })
}
