/** All proxies as a table, for wide pages. */

import type { ProxyView } from '../../../shared/protocol/control.ts'
import { shownName } from '../../../shared/protocol/shown-name.ts'
import { Ago } from '../parts/ago.tsx'
import { Connected, StatusMark, TableMark } from '../parts/marks.tsx'
import { placeLink } from '../place.ts'
import { COLUMNS, COUNTERS, isCounterColumn } from './columns.ts'
import { CounterValue } from './counter-value.tsx'
import { firstSort, type Sort, type SortKey } from './proxy-order.ts'

type Sorting = { readonly sort: Sort; readonly onSort: (sort: Sort) => void }

function Header({ column, sort, onSort }: Sorting & { column: (typeof COLUMNS)[number] }) {
  const { key, label, meaning } = column
  const sorted = sort.by === key
  const next = (by: SortKey): Sort => (sorted ? { by, descending: !sort.descending } : firstSort(by))
  return (
    <th
      scope="col"
      class={isCounterColumn(key) ? 'counter' : ''}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="sort" title={meaning} onClick={() => onSort(next(key))}>
        {label}
        <span class="sort-arrow" aria-hidden="true">
          {sorted ? (sort.descending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  )
}

const Row = ({ proxy }: { proxy: ProxyView }) => (
  <tr data-proxy={proxy.name}>
    <th scope="row">
      <a href={placeLink({ view: 'proxy', name: proxy.name, tab: 'routes' })}>
        <bdi>{shownName(proxy)}</bdi>
      </a>
    </th>
    <td>
      <StatusMark status={proxy.status} />
      <Connected connected={proxy.connected} />
    </td>
    <td class="address">
      {proxy.host}:{proxy.port}
    </td>
    <td class="last-seen">
      <Ago time={proxy.lastSeen} />
    </td>
    <td>
      <TableMark version={proxy.version} withReason={true} />
    </td>
    {COUNTERS.map(({ key }) => (
      <td key={key} class="counter">
        <CounterValue proxy={proxy} counter={key} />
      </td>
    ))}
  </tr>
)

export const ProxyTable = ({ proxies, ...sorting }: Sorting & { proxies: readonly ProxyView[] }) => (
  <table class="data-table proxy-table">
    <caption class="visually-hidden">Proxies</caption>
    <thead>
      <tr>
        {COLUMNS.map(column => (
          <Header key={column.key} column={column} {...sorting} />
        ))}
      </tr>
    </thead>
    <tbody>
      {proxies.map(proxy => (
        <Row key={proxy.name} proxy={proxy} />
      ))}
    </tbody>
  </table>
)
