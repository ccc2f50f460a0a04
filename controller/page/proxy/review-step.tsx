/** What the draft would change, before it is applied. */
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { credentialReferences } from '../draft/credential-references.ts'
import { apply, type Editing, moveTo } from '../draft/editing.ts'
import { issueLine } from '../draft/route-issues.ts'
import { differenceWords, tableDifference } from '../draft/table-difference.ts'
import { credentials } from '../live/overlay.ts'
import { ChangeList } from '../parts/change-list.tsx'
import { FocusedHeading } from '../parts/focused-heading.tsx'
import { Notice } from '../parts/notice.tsx'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'

export function ReviewStep({ name, editing, endpoints }: { name: string; editing: Editing; endpoints: Endpoints }) {
  const { draft, busy, refusal } = editing
  const changes = tableDifference(draft.base.endpoints, endpoints)
  const { warnings } = credentialReferences(endpoints, credentials.value)
  return (
    <section class="editor" aria-label={`Review the changes for ${name}`}>
      <div class="section-head">
        <FocusedHeading>
          Review <span class="muted">{differenceWords(changes)}</span>
        </FocusedHeading>
      </div>
      {changes.length === 0 ? (
        <p class="empty">The draft is the same as version {draft.base.version}: there is nothing to apply.</p>
      ) : (
        <ChangeList changes={changes} label="Changes of the draft" />
      )}
      {warnings.map(warning => (
        <Notice key={issueLine(warning)} tone="warn">
          {issueLine(warning)}
        </Notice>
      ))}
      {refusal !== undefined && <Notice tone="bad">{issueLine(refusal)}</Notice>}
      <div class="editor-foot">
        <ChangedMeanwhile name={name} base={draft.base} endpoints={endpoints} />
        <div class="editor-actions">
          <button type="button" class="button" disabled={busy} onClick={() => moveTo(name, { at: 'edit' })}>
            Back to the draft
          </button>
          <button
            type="button"
            class="button primary"
            disabled={busy || changes.length === 0}
            onClick={() => void apply(name, { endpoints, over: draft.base.version })}
          >
            {busy ? 'Applying…' : 'Apply'}
          </button>
        </div>
      </div>
    </section>
  )
}
