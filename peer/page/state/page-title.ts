/** The title of the page: how much is unread, who is open, whose page it is. */
import { effect } from '@preact/signals'
import { isolated } from '../../../shared/page/isolated.ts'
import type { ChatState } from './chat-state.ts'
import { totalUnread } from './people.ts'

export function pageTitle(shown: {
  readonly unread: number
  readonly peer: string | null
  readonly me: string | undefined
}): string {
  const names = [shown.peer, shown.me].filter(name => name !== null && name !== undefined)
  const title = names.length === 0 ? 'Overlay Chat' : names.map(isolated).join(' – ')
  return shown.unread === 0 ? title : `(${shown.unread}) ${title}`
}

/** Keeps the title up to date until the returned function is called. */
export const showInTitle = (state: ChatState): (() => void) =>
  effect(() => {
    document.title = pageTitle({
      unread: totalUnread(state.rows.value),
      peer: state.selected.value === null ? null : state.shown(state.selected.value),
      me: state.me.value?.displayName,
    })
  })
