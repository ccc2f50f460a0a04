/** Whether the page is too narrow for wide tables: cards take their place. */
import { signal } from '@preact/signals'

const query = matchMedia('(max-width: 900px)')

export const narrow = signal(query.matches)
query.addEventListener('change', () => {
  narrow.value = query.matches
})
