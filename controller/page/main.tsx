/** The dashboard, started in the browser. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { keepPageFromDrops } from '../../shared/page/dropped-files.ts'
import { App } from './app.tsx'
import './dashboard.css'
import { anyUnsavedChanges } from './draft/editing.ts'
import { startClock } from './live/clock.ts'
import { followOverlay } from './live/overlay.ts'
import { followTables } from './live/tables.ts'
import { followAddress, openPlace, type Place } from './place.ts'
import { followUsage } from './usage/usage-state.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('Cannot show the dashboard: the page has no element with the id "app".')

const TITLES = { proxies: 'Proxies', credentials: 'Credentials', usage: 'Usage' } as const satisfies Record<
  Exclude<Place['view'], 'proxy'>,
  string
>

followAddress(() => requestAnimationFrame(() => document.querySelector('h1')?.focus()))
effect(() => {
  const place = openPlace.value
  const title = place.view === 'proxy' ? place.name : TITLES[place.view]
  document.title = `${title} · Overlay Chat dashboard`
})
addEventListener('beforeunload', event => {
  if (anyUnsavedChanges()) event.preventDefault()
})
keepPageFromDrops()
startClock()
followOverlay()
followTables()
followUsage()
render(<App />, root)
