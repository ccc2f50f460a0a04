/** All proxies as cards, for narrow pages. */

import type { ProxyView } from '../../../shared/protocol/control.ts'
import { shownName } from '../../../shared/protocol/shown-name.ts'
import { Ago } from '../parts/ago.tsx'
import { Connected, StatusMark, TableMark } from '../parts/marks.tsx'
import { placeLink } from '../place.ts'
import { COUNTERS } from './columns.ts'
import { CounterValue } from './counter-value.tsx'

const Card = ({ proxy }: { proxy: ProxyView }) => (
  <li class="proxy-card" data-proxy={proxy.name}>
    <h2>
      <a href={placeLink({ view: 'proxy', name: proxy.name, tab: 'routes' })}>
        <bdi>{shownName(proxy)}</bdi>
      </a>
    </h2>
    <StatusMark status={proxy.status} />
    <p class="proxy-card-facts">
      <span class="address">
        {proxy.host}:{proxy.port}
      </span>
      <span>
        <Connected connected={proxy.connected} />, <Ago time={proxy.lastSeen} />
      </span>
    </p>
    <TableMark version={proxy.version} withReason={true} />
    <dl class="proxy-card-counters">
      {COUNTERS.map(({ key, label }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>
            <CounterValue proxy={proxy} counter={key} />
          </dd>
        </div>
      ))}
    </dl>
  </li>
)

export const ProxyCards = ({ proxies }: { proxies: readonly ProxyView[] }) => (
  <ul class="proxy-cards" aria-label="Proxies">
    {proxies.map(proxy => (
      <Card key={proxy.name} proxy={proxy} />
    ))}
  </ul>
)
