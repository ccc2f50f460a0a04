/** The open draft: a form or JSON, what is wrong with it, and the way to the review. */
import { useSignal } from '@preact/signals'
import { credentialReferences } from '../draft/credential-references.ts'
import { checkDraft, type Draft, type DraftView, showAs } from '../draft/draft.ts'
import { changeDraft, discardDraft, type Editing, holdsChanges, moveTo } from '../draft/editing.ts'
import type { Issue } from '../draft/route-issues.ts'
import { credentials } from '../live/overlay.ts'
import { ask } from '../parts/ask.tsx'
import { FocusedHeading } from '../parts/focused-heading.tsx'
import { Notice } from '../parts/notice.tsx'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'
import { IssueList } from './issue-list.tsx'
import { JsonView } from './json-view.tsx'
import { RouteForm } from './route-form.tsx'

const VIEWS = [
  { view: 'form', label: 'Form' },
  { view: 'json', label: 'JSON' },
] as const satisfies readonly { view: DraftView; label: string }[]

/** Everything that is known about a draft: the table it stands for, what stops it, what is only doubtful. */
function examine({ draft, refusal }: Editing) {
  const check = checkDraft(draft)
  const refused = refusal === undefined ? [] : [refusal]
  if ('issues' in check) return { endpoints: undefined, issues: [...check.issues, ...refused], warnings: [] }
  const references = credentialReferences(check.endpoints, credentials.value)
  return { endpoints: check.endpoints, issues: [...references.issues, ...refused], warnings: references.warnings }
}

async function leave(name: string, editing: Editing): Promise<void> {
  const agreed =
    !holdsChanges(editing) ||
    (await ask({
      title: 'Discard your draft?',
      body: `What you changed in the routing table of ${name} was not applied and will be lost.`,
      confirm: 'Discard',
    }))
  if (agreed) discardDraft(name)
}

export function EditStep({ name, editing }: { name: string; editing: Editing }) {
  const { draft } = editing
  const { endpoints, issues, warnings } = examine(editing)
  const switchProblem = useSignal<string | undefined>(undefined)
  const change = (next: Draft): void => {
    switchProblem.value = undefined
    changeDraft(name, next)
  }
  const show = (view: DraftView): void => {
    const shown = showAs(draft, view)
    if ('problem' in shown) switchProblem.value = shown.problem
    else change(shown)
  }
  const refusedOnly = issues.length === 1 && issues[0] === editing.refusal
  const review = endpoints !== undefined && (issues.length === 0 || refusedOnly) ? endpoints : undefined

  return (
    <section class="editor" aria-label={`Edit the routing table of ${name}`}>
      <div class="section-head">
        <FocusedHeading>
          Edit routing table <span class="muted">from version {draft.base.version}</span>
        </FocusedHeading>
        <fieldset class="segments">
          <legend class="visually-hidden">View of the draft</legend>
          {VIEWS.map(({ view, label }) => (
            <button key={view} type="button" aria-pressed={draft.content.view === view} onClick={() => show(view)}>
              {label}
            </button>
          ))}
        </fieldset>
      </div>
      {switchProblem.value !== undefined && <Notice tone="bad">{switchProblem.value}</Notice>}
      <DraftContent proxy={name} draft={draft} issues={issues} warnings={warnings} onChange={change} />
      <div class="editor-foot">
        <ChangedMeanwhile name={name} base={draft.base} endpoints={endpoints} />
        <IssueList draft={draft} issues={issues} warnings={warnings} />
        <div class="editor-actions">
          <button type="button" class="button" onClick={() => void leave(name, editing)}>
            Cancel
          </button>
          <button
            type="button"
            class="button primary"
            disabled={review === undefined}
            onClick={() => review !== undefined && moveTo(name, { at: 'review', endpoints: review })}
          >
            Review
          </button>
        </div>
      </div>
    </section>
  )
}

type ContentProps = {
  proxy: string
  draft: Draft
  issues: readonly Issue[]
  warnings: readonly Issue[]
  onChange: (draft: Draft) => void
}

function DraftContent({ proxy, draft, issues, warnings, onChange }: ContentProps) {
  const { content } = draft
  if (content.view === 'json')
    return (
      <JsonView
        text={content.text}
        invalid={issues.length > 0}
        onText={text => onChange({ ...draft, content: { view: 'json', text } })}
      />
    )
  return (
    <RouteForm
      proxy={proxy}
      rows={content.rows}
      issues={issues}
      warnings={warnings}
      onRows={rows => onChange({ ...draft, content: { view: 'form', rows } })}
    />
  )
}
