/** Every proxy at a glance: found by name, sorted by any column, and never moving under the pointer. */
import { signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { proxies } from '../live/overlay.ts'
import { narrow } from '../parts/narrow.ts'
import { overlaySummary } from '../words/proxy-words.ts'
import { COLUMNS } from './columns.ts'
import { Picture } from './picture.tsx'
import { ProxyCards } from './proxy-cards.tsx'
import { firstSort, holdOrder, orderProxies, type Sort } from './proxy-order.ts'
import { ProxyTable } from './proxy-table.tsx'

const sort = signal<Sort>(firstSort('name'))
const filter = signal('')

/** The order of before while `held`; a new sort or filter is a wish to see another order. */
function useHeldOrder(ordered: readonly ProxyView[], { held, wish }: { held: boolean; wish: string }): ProxyView[] {
  const last = useRef({ wish, names: ordered.map(({ name }) => name) })
  if (!held || last.current.wish !== wish) last.current = { wish, names: ordered.map(({ name }) => name) }
  return holdOrder(ordered, last.current.names)
}

const Filter = () => (
  <input
    type="search"
    class="field filter"
    aria-label="Filter by name"
    placeholder="Filter by name"
    value={filter.value}
    onInput={event => {
      filter.value = event.currentTarget.value
    }}
  />
)

const SortChoice = () => (
  <select
    class="field sort-choice"
    aria-label="Sort by"
    value={sort.value.by}
    onChange={event => {
      const column = COLUMNS.find(({ key }) => key === event.currentTarget.value)
      if (column !== undefined) sort.value = firstSort(column.key)
    }}
  >
    {COLUMNS.map(({ key, label }) => (
      <option key={key} value={key}>
        Sort by {label.toLowerCase()}
      </option>
    ))}
  </select>
)

function ProxyList() {
  const held = useSignal(false)
  const hold = (value: boolean) => () => {
    held.value = value
  }
  const wish = `${sort.value.by} ${sort.value.descending} ${filter.value}`
  const ordered = orderProxies(proxies.value, sort.value, filter.value)
  const shown = useHeldOrder(ordered, { held: held.value, wish })
  if (shown.length === 0)
    return (
      <p class="empty">
        No proxy has “{filter.value.trim()}” in its name.{' '}
        <button type="button" class="button small" onClick={() => (filter.value = '')}>
          Show all
        </button>
      </p>
    )
  return (
    <div
      class="proxy-list"
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
      onFocusIn={hold(true)}
      onFocusOut={hold(false)}
    >
      {narrow.value ? (
        <ProxyCards proxies={shown} />
      ) : (
        <ProxyTable proxies={shown} sort={sort.value} onSort={wanted => (sort.value = wanted)} />
      )}
    </div>
  )
}

export function Overview() {
  if (proxies.value.length === 0)
    return (
      <>
        <h1 tabIndex={-1}>Proxies</h1>
        <div class="empty">
          <p>
            <strong>No proxy has registered yet.</strong>
          </p>
          <p>
            Start the overlay with <code>npx tsx startup.ts</code>: each proxy registers by itself and appears here.
          </p>
        </div>
      </>
    )
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>Proxies</h1>
          <p class="summary">{overlaySummary(proxies.value)}</p>
        </div>
        <div class="page-tools">
          <Filter />
          {narrow.value && <SortChoice />}
        </div>
      </div>
      <ProxyList />
      <Picture />
    </>
  )
}
