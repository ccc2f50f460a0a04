/** The frame of the dashboard: where one can go, whether it is live, and the open view. */

import { Pane } from '../../shared/page/boundary.tsx'
import { clockTime } from '../../shared/page/time.ts'
import { CredentialsPage } from './credentials/credentials-page.tsx'
import { connection, overlay } from './live/overlay.ts'
import { Overview } from './overview/overview.tsx'
import { Asking } from './parts/ask.tsx'
import { Notice } from './parts/notice.tsx'
import { openPlace, placeLink } from './place.ts'
import { ProxyPage } from './proxy/proxy-page.tsx'
import { UsagePage } from './usage/usage-page.tsx'

function TopBar() {
  const { view } = openPlace.value
  const here = (isHere: boolean) => (isHere ? 'page' : undefined)
  return (
    <header class="top-bar">
      <a class="brand" href={placeLink({ view: 'proxies' })}>
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <span>Overlay Chat</span> <span class="muted brand-part">Dashboard</span>
      </a>
      <nav aria-label="Dashboard">
        <a href={placeLink({ view: 'proxies' })} aria-current={here(view === 'proxies' || view === 'proxy')}>
          Proxies
        </a>
        <a href={placeLink({ view: 'usage' })} aria-current={here(view === 'usage')}>
          Usage
        </a>
        <a href={placeLink({ view: 'credentials' })} aria-current={here(view === 'credentials')}>
          Credentials
        </a>
      </nav>
      {overlay.value?.demo === true && (
        <span
          class="tag warn demo"
          title="Answers of the AI peers come from a provider on this machine, not from the real APIs"
        >
          Demonstration
        </span>
      )}
    </header>
  )
}

const ConnectionLost = () => (
  <div class="floating">
    <Notice tone="warn">
      The connection to the controller is lost. What you see is from{' '}
      {clockTime(new Date(connection.value.since).toISOString())}; it comes back by itself. Messages flow without the
      controller.
    </Notice>
  </div>
)

function View() {
  const place = openPlace.value
  if (overlay.value === undefined) return <p class="empty">Connecting to the controller…</p>
  switch (place.view) {
    case 'proxies':
      return <Overview />
    case 'proxy':
      return <ProxyPage {...place} />
    case 'credentials':
      return <CredentialsPage />
    case 'usage':
      return <UsagePage />
    default:
      return place satisfies never
  }
}

export const App = () => (
  <>
    <Pane what="The head of the dashboard">
      <TopBar />
    </Pane>
    <main>
      {!connection.value.open && <ConnectionLost />}
      <Pane what="This page of the dashboard" of={openPlace.value}>
        <View />
      </Pane>
    </main>
    <Pane what="The question">
      <Asking />
    </Pane>
  </>
)
