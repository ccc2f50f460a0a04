/** The routing table of one proxy: looked at first, edited on request. */

import { Icon } from '../../../shared/page/icon.tsx'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { editingOf, savedVersions, startEditing } from '../draft/editing.ts'
import { refreshTable, tables } from '../live/tables.ts'
import { Notice } from '../parts/notice.tsx'
import { tableState } from '../words/proxy-words.ts'
import { ConflictStep } from './conflict-step.tsx'
import { EditStep } from './edit-step.tsx'
import { ReviewStep } from './review-step.tsx'
import { RouteList } from './route-list.tsx'
import { SavedNotice } from './saved-notice.tsx'

/** A table that the proxy refused stays wanted until another one is saved, so the reason stays on the page. */
function Refused({ proxy: { name, version } }: { proxy: ProxyView }) {
  const { state, reason, words } = tableState(version)
  if (state !== 'refused' || savedVersions.value[name] !== undefined) return null
  return (
    <Notice tone="bad">
      {name} refused its newest table ({words}): {reason}
    </Notice>
  )
}

function Look({ proxy }: { proxy: ProxyView }) {
  const known = tables.value[proxy.name]
  if (known === undefined) return <p class="empty">Fetching the routing table…</p>
  if ('problem' in known)
    return (
      <Notice
        tone="bad"
        actions={
          <button type="button" class="button small" onClick={() => void refreshTable(proxy.name)}>
            Try again
          </button>
        }
      >
        {known.problem}
      </Notice>
    )
  const { version, endpoints } = known.table
  return (
    <>
      <div class="section-head">
        <h2>
          Routing table <span class="muted">version {version}</span>
        </h2>
        <button type="button" class="button" onClick={() => startEditing(proxy.name, known.table)}>
          <Icon name="edit" /> Edit
        </button>
      </div>
      <RouteList endpoints={endpoints} />
    </>
  )
}

export function RoutesTab({ proxy }: { proxy: ProxyView }) {
  const editing = editingOf(proxy.name).value
  if (editing === undefined)
    return (
      <>
        <SavedNotice proxy={proxy} />
        <Refused proxy={proxy} />
        <Look proxy={proxy} />
      </>
    )
  const { step } = editing
  switch (step.at) {
    case 'edit':
      return <EditStep name={proxy.name} editing={editing} />
    case 'review':
      return <ReviewStep name={proxy.name} editing={editing} endpoints={step.endpoints} />
    case 'conflict':
      return <ConflictStep name={proxy.name} editing={editing} endpoints={step.endpoints} theirs={step.theirs} />
    default:
      return step satisfies never
  }
}
