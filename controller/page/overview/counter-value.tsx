/** One figure of a proxy; waiting and failed ones stand out as soon as they are not zero. */

import { fullDate } from '../../../shared/page/time.ts'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { figure } from '../../../shared/written.ts'
import type { Counter } from './columns.ts'

const ALARMING: readonly Counter[] = ['waiting', 'failed']

export function CounterValue({ proxy, counter }: { proxy: ProxyView; counter: Counter }) {
  const value = proxy.counters?.[counter]
  if (value === undefined) return <span title="nothing reported yet">–</span>
  const tone = value > 0 && ALARMING.includes(counter) ? counter : ''
  const since = proxy.startedAt === undefined ? undefined : `since its start, ${fullDate(proxy.startedAt)}`
  return (
    <span class={`figure ${tone}`} title={since}>
      {figure(value)}
    </span>
  )
}
