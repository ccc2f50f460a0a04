/** The usage as last fetched: anew when the controller says that it changed, while the page that shows it is looked at. */
import { effect, signal } from '@preact/signals'
import type { UsageView } from '../../../shared/protocol/usage.ts'
import { failureWords, fetchUsage } from '../controller-api.ts'
import { usageChanges } from '../live/overlay.ts'
import { openPlace } from '../place.ts'

export const PERIODS = [7, 30] as const
export type Period = (typeof PERIODS)[number]
const LONGEST = 30
/** Pause between two fetches, in milliseconds: many proxies may report at once. */
const PAUSE_MS = 1_000

export type KnownUsage = { readonly view: UsageView } | { readonly problem: string }

export const usage = signal<KnownUsage | undefined>(undefined)
export const period = signal<Period>(7)
/** The proxy whose usage is shown; all of them when it is empty. */
export const chosenProxy = signal('')

let isFetching = false
let isOld = false

async function refresh(): Promise<void> {
  isOld = true
  if (isFetching) return
  isFetching = true
  while (isOld) {
    isOld = false
    try {
      usage.value = { view: await fetchUsage(LONGEST) }
    } catch (error) {
      const known = usage.peek()
      if (known === undefined || 'problem' in known) usage.value = { problem: failureWords(error) }
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
  isFetching = false
}

/** Keeps the usage new for the life of the page. A hidden page fetches nothing until it is looked at. */
export function followUsage(): void {
  const isSeen = signal(!document.hidden)
  document.addEventListener('visibilitychange', () => {
    isSeen.value = !document.hidden
  })
  effect(() => {
    const changes = usageChanges.value
    if (changes > 0 && isSeen.value && openPlace.value.view === 'usage') void refresh()
  })
}
