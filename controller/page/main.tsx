/** The dashboard, started in the browser. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import './dashboard.css'
import { anyUnsavedChanges } from './draft/editing.ts'
import { startClock } from './live/clock.ts'
import { followOverlay } from './live/overlay.ts'
import { followTables } from './live/tables.ts'
import { followAddress, openPlace } from './place.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('Cannot show the dashboard: the page has no element with the id "app".')

followAddress(() => requestAnimationFrame(() => document.querySelector('h1')?.focus()))
effect(() => {
  const place = openPlace.value
  const title = place.view === 'proxy' ? place.name : place.view === 'credentials' ? 'Credentials' : 'Proxies'
  document.title = `${title} · Overlay Chat dashboard`
})
addEventListener('beforeunload', event => {
  if (anyUnsavedChanges()) event.preventDefault()
})
startClock()
followOverlay()
followTables()
render(<App />, root)
