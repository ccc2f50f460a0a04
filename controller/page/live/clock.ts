/** The time that relative times are told by: moves once a second while the page is looked at. */
import { signal } from '@preact/signals'

export const now = signal(Date.now())

export function startClock(): void {
  const tick = (): void => {
    if (!document.hidden) now.value = Date.now()
  }
  setInterval(tick, 1000)
  document.addEventListener('visibilitychange', tick)
}
