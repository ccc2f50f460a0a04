/** Two people changed one table: both changes are shown, and the person chooses. */
import type { TableView } from '../../../shared/protocol/control.ts'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { apply, type Editing, moveTo, startEditing } from '../draft/editing.ts'
import { issueLine } from '../draft/route-issues.ts'
import { tableDifference } from '../draft/table-difference.ts'
import { tableAuthors } from '../live/overlay.ts'
import { knownTable } from '../live/tables.ts'
import { ChangeList } from '../parts/change-list.tsx'
import { FocusedHeading } from '../parts/focused-heading.tsx'
import { Notice } from '../parts/notice.tsx'

type Props = { name: string; editing: Editing; endpoints: Endpoints; theirs: TableView }

const Side = ({ title, from, to }: { title: string; from: Endpoints; to: Endpoints }) => {
  const changes = tableDifference(from, to)
  return (
    <section class="side panel" aria-label={title}>
      <h3>{title}</h3>
      {changes.length === 0 ? <p class="muted">No changes.</p> : <ChangeList changes={changes} label={title} />}
    </section>
  )
}

export function ConflictStep({ name, editing, endpoints, theirs }: Props) {
  const { base } = editing.draft
  const heard = tableAuthors.value[name]
  const author = heard?.version === theirs.version ? ` by ${heard.author}` : ''
  const newest = knownTable(name)
  const outdated = newest !== undefined && newest.version > theirs.version
  return (
    <section class="editor" aria-label={`Conflict in the routing table of ${name}`}>
      <div class="section-head">
        <FocusedHeading>The table changed while you edited it</FocusedHeading>
      </div>
      <p class="lead">
        Version {theirs.version} was saved{author}; your draft started from version {base.version}. Nothing of yours was
        applied yet. Choose what happens.
      </p>
      <div class="sides">
        <Side
          title={`Theirs: version ${base.version} → ${theirs.version}`}
          from={base.endpoints}
          to={theirs.endpoints}
        />
        <Side title={`Yours: version ${base.version} → your draft`} from={base.endpoints} to={endpoints} />
      </div>
      <Side
        title={`Applying yours over version ${theirs.version} would change`}
        from={theirs.endpoints}
        to={endpoints}
      />
      {outdated && (
        <Notice
          tone="warn"
          actions={
            <button
              type="button"
              class="button small"
              onClick={() => moveTo(name, { at: 'conflict', endpoints, theirs: newest })}
            >
              Show version {newest.version}
            </button>
          }
        >
          Meanwhile version {newest.version} was saved too.
        </Notice>
      )}
      {editing.refusal !== undefined && <Notice tone="bad">{issueLine(editing.refusal)}</Notice>}
      <div class="editor-foot still">
        <div class="editor-actions">
          <button type="button" class="button" disabled={editing.busy} onClick={() => moveTo(name, { at: 'edit' })}>
            Back to the draft
          </button>
          <button type="button" class="button" disabled={editing.busy} onClick={() => startEditing(name, theirs)}>
            Start again from theirs
          </button>
          <button
            type="button"
            class="button danger"
            disabled={editing.busy}
            onClick={() => void apply(name, { endpoints, over: theirs.version })}
          >
            {editing.busy ? 'Applying…' : 'Apply mine over it'}
          </button>
        </div>
      </div>
    </section>
  )
}
