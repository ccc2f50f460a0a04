/** One proxy: how it is, its routing table, and the history of that table. */

import { Icon } from '../../../shared/page/icon.tsx'
import { fullDate } from '../../../shared/page/time.ts'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { shownName } from '../../../shared/protocol/shown-name.ts'
import { compareNames } from '../../../shared/written.ts'
import { editingOf } from '../draft/editing.ts'
import { findProxy, proxies } from '../live/overlay.ts'
import { COUNTERS } from '../overview/columns.ts'
import { CounterValue } from '../overview/counter-value.tsx'
import { Ago } from '../parts/ago.tsx'
import { Connected, STATUS_SHAPES, StatusMark, TableMark } from '../parts/marks.tsx'
import { type Place, placeLink } from '../place.ts'
import { STATUS_WORDS } from '../words/proxy-words.ts'
import { HistoryTab } from './history-tab.tsx'
import { RemoveProxy } from './remove-proxy.tsx'
import { RoutesTab } from './routes-tab.tsx'

type ProxyPlace = Extract<Place, { view: 'proxy' }>

const TABS = [
  { tab: 'routes', label: 'Routes' },
  { tab: 'history', label: 'History' },
] as const satisfies readonly { tab: ProxyPlace['tab']; label: string }[]

const Others = ({ current }: { current: string }) => (
  <nav class="others" aria-label="Proxies">
    {proxies.value
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map(({ name, status }) => (
        <a
          key={name}
          href={placeLink({ view: 'proxy', name, tab: 'routes' })}
          aria-current={name === current ? 'page' : undefined}
        >
          <svg class={`mark ${status}`} viewBox="0 0 12 12" aria-hidden="true">
            <path d={STATUS_SHAPES[status]} fill="currentColor" />
          </svg>
          {name}
          <span class="visually-hidden">, {STATUS_WORDS[status].word}</span>
          {editingOf(name).value !== undefined && <span class="tag">draft</span>}
        </a>
      ))}
  </nav>
)

const Facts = ({ proxy }: { proxy: ProxyView }) => (
  <div class="facts panel">
    <dl class="fact-group">
      <div>
        <dt>Address</dt>
        <dd class="address">
          {proxy.host}:{proxy.port}
        </dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>
          <Ago time={proxy.lastSeen} />, <Connected connected={proxy.connected} />
        </dd>
      </div>
      <div>
        <dt>Routing table</dt>
        <dd>
          <TableMark version={proxy.version} withReason={false} />
        </dd>
      </div>
    </dl>
    <dl class="fact-group fact-counters">
      {proxy.startedAt !== undefined && (
        <div>
          <dt>Counted since its start</dt>
          <dd title={fullDate(proxy.startedAt)}>
            <Ago time={proxy.startedAt} />
          </dd>
        </div>
      )}
      {COUNTERS.map(({ key, label, meaning }) => (
        <div key={key}>
          <dt title={meaning}>{label}</dt>
          <dd>
            <CounterValue proxy={proxy} counter={key} />
          </dd>
        </div>
      ))}
    </dl>
  </div>
)

const Unknown = ({ name }: { name: string }) => (
  <div class="empty">
    <h1 tabIndex={-1}>
      No proxy “<bdi>{name}</bdi>”
    </h1>
    <p>It was removed, or it has not registered yet. It appears by itself when it does.</p>
    <a class="button" href={placeLink({ view: 'proxies' })}>
      All proxies
    </a>
  </div>
)

export function ProxyPage({ name, tab }: ProxyPlace) {
  const proxy = findProxy(name)
  if (proxy === undefined) return <Unknown name={name} />
  return (
    <div class="proxy-page">
      <Others current={proxy.name} />
      <div class="proxy-main">
        <a class="back" href={placeLink({ view: 'proxies' })}>
          <Icon name="chevron-left" /> All proxies
        </a>
        <div class="page-head">
          <h1 tabIndex={-1}>
            <bdi>{shownName(proxy)}</bdi>
          </h1>
          <StatusMark status={proxy.status} />
          <RemoveProxy name={proxy.name} connected={proxy.connected} />
        </div>
        <Facts proxy={proxy} />
        <nav class="tabs" aria-label={`Parts of ${proxy.name}`}>
          {TABS.map(({ tab: each, label }) => (
            <a
              key={each}
              href={placeLink({ view: 'proxy', name: proxy.name, tab: each })}
              aria-current={each === tab ? 'page' : undefined}
            >
              {label}
            </a>
          ))}
        </nav>
        {tab === 'routes' ? (
          <RoutesTab key={proxy.name} proxy={proxy} />
        ) : (
          <HistoryTab key={proxy.name} proxy={proxy} />
        )}
      </div>
    </div>
  )
}
