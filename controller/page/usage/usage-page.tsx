/** What the AIs were asked, what it took and what it cost: by route and by day. */

import { firstDay, type UsageView, type UsageViewRow } from '../../../shared/protocol/usage.ts'
import { compareNames } from '../../../shared/written.ts'
import { Notice } from '../parts/notice.tsx'
import { UsageChart } from './usage-chart.tsx'
import { chosenProxy, PERIODS, period, usage } from './usage-state.ts'
import { byDay, byRoute, chosenRows, sumOf } from './usage-sums.ts'
import { UsageTable } from './usage-table.tsx'
import { UsageTiles } from './usage-tiles.tsx'
import { dayWord, weekdayWord } from './usage-words.ts'

type Days = { readonly first: string; readonly last: string }

const PeriodChoice = () => (
  <fieldset class="segments">
    <legend class="visually-hidden">Days that are shown</legend>
    {PERIODS.map(days => (
      <button
        key={days}
        type="button"
        aria-pressed={period.value === days}
        onClick={() => {
          period.value = days
        }}
      >
        {days} days
      </button>
    ))}
  </fieldset>
)

const ProxyChoice = ({ names }: { names: readonly string[] }) => (
  <select
    class="field usage-proxy"
    aria-label="Proxy"
    value={chosenProxy.value}
    onChange={event => {
      chosenProxy.value = event.currentTarget.value
    }}
  >
    <option value="">All proxies</option>
    {names.map(name => (
      <option key={name} value={name}>
        {name}
      </option>
    ))}
  </select>
)

const Nothing = ({ days }: { days: number }) => (
  <div class="empty">
    <p>
      <strong>No AI has answered in the last {days} days.</strong>
    </p>
    <p>
      Ask one in the chat page of any peer, for example <code>GPT</code>: the answer is counted here within seconds. Set
      its key under <a href="#/credentials">Credentials</a> first, or start the overlay with <code>--demo</code>.
    </p>
  </div>
)

function Group({ rows, days, isDemo }: { rows: readonly UsageViewRow[]; days: Days; isDemo: boolean }) {
  if (rows.length === 0) return null
  const ofDays = byDay(rows, days)
  const routes = byRoute(rows).map(({ name, sum }) => ({
    ...{ name, sum },
    label: (
      <>
        <bdi>{name}</bdi>{' '}
        <span dir="auto" class="usage-models">
          {sum.models.join(', ')}
        </span>
      </>
    ),
  }))
  const active = ofDays
    .filter(({ sum }) => sum.counts.calls > 0)
    .reverse()
    .map(day => ({ ...day, label: weekdayWord(day.name) }))
  return (
    <section class="usage-group" aria-label={isDemo ? 'Demonstration' : 'Answers of AIs'}>
      {isDemo && (
        <h2>
          <span class="tag warn">Demonstration</span> <span class="muted">answers of the provider on this machine</span>
        </h2>
      )}
      <UsageTiles sum={sumOf(rows)} isDemo={isDemo} />
      <UsageChart days={ofDays} />
      <UsageTable caption="By route" head="Route" entries={routes} />
      <UsageTable caption="By day" head="Day (UTC)" entries={active} />
    </section>
  )
}

function Shown({ view }: { view: UsageView }) {
  const days: Days = { first: firstDay(period.value, Date.parse(view.to)), last: view.to }
  const { real, demo } = chosenRows(view.rows, { first: days.first, proxy: chosenProxy.value })
  const names = [...new Set(view.rows.map(({ proxy }) => proxy))].sort(compareNames)
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>Usage</h1>
          <p class="summary">
            Answers of AIs, {dayWord(days.first)} to {dayWord(days.last)}, by day in UTC
          </p>
        </div>
        <div class="page-tools">
          {names.length > 1 && <ProxyChoice names={names} />}
          <PeriodChoice />
        </div>
      </div>
      {real.length + demo.length === 0 && <Nothing days={period.value} />}
      <Group rows={real} days={days} isDemo={false} />
      <Group rows={demo} days={days} isDemo={true} />
    </>
  )
}

export function UsagePage() {
  const known = usage.value
  if (known !== undefined && 'view' in known) return <Shown view={known.view} />
  return (
    <>
      <h1 tabIndex={-1}>Usage</h1>
      {known === undefined ? <p class="empty">Fetching the usage…</p> : <Notice tone="bad">{known.problem}</Notice>}
    </>
  )
}
