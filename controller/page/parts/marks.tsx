/** States in a shape, a colour and a word at once, so that none of the three has to be seen. */
import type { ProxyStatus, ProxyView } from '../../../shared/protocol/control.ts'
import { STATUS_WORDS, type TableState, tableState } from '../words/proxy-words.ts'

/** Drawn on a grid of 12. */
export const STATUS_SHAPES = {
  active: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  warning: 'M6 1 11.4 10.6H.6z',
  stale: 'M2 2h8v8H2z',
} as const satisfies Record<ProxyStatus, string>

const TABLE_SHAPES = {
  applied: 'M2 6.5 5 9.5 10.5 3',
  pending: 'M6 10.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM6 3.5V6l1.8 1.2',
  refused: 'M2.5 2.5l7 7M9.5 2.5l-7 7',
} as const satisfies Record<TableState, string>

export function StatusMark({ status }: { status: ProxyStatus }) {
  const { word, meaning } = STATUS_WORDS[status]
  return (
    <span class={`mark ${status}`} title={meaning} data-status={status}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={STATUS_SHAPES[status]} fill="currentColor" />
      </svg>
      {word}
    </span>
  )
}

/** The state of the newest table; `withReason` adds why it was refused, on a line of its own. */
export function TableMark({ version, withReason }: { version: ProxyView['version']; withReason: boolean }) {
  const { state, words, reason } = tableState(version)
  return (
    <span class={`mark table-${state}`} data-table={state}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={TABLE_SHAPES[state]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
      </svg>
      <span>
        {words}
        {withReason && reason !== undefined && <bdi class="reason">{reason}</bdi>}
      </span>
    </span>
  )
}

export const Connected = ({ connected }: { connected: boolean }) => (
  <span class={connected ? 'connected' : 'disconnected'}>{connected ? 'connected' : 'not connected'}</span>
)
