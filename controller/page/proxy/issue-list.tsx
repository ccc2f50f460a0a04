/** What stops the draft and what is doubtful about it, each leading to its field. */
import type { Draft } from '../draft/draft.ts'
import { type Issue, issueLine } from '../draft/route-issues.ts'
import { fieldId } from './form-ids.ts'

/** A field inside closed parameters is shown before it is focused. */
function goTo(id: string): void {
  const field = document.getElementById(id)
  const details = field?.closest('details')
  if (details) details.open = true
  field?.focus()
}

function Line({ draft: { content }, issue }: { draft: Draft; issue: Issue }) {
  const row = content.view === 'form' ? content.rows.find(({ name }) => name === issue.name) : undefined
  const line = issueLine(issue)
  if (row === undefined) return <>{line}</>
  return (
    <button type="button" class="link" onClick={() => goTo(fieldId(row.id, issue.field))}>
      {line}
    </button>
  )
}

type Props = { draft: Draft; issues: readonly Issue[]; warnings: readonly Issue[] }

export const IssueList = ({ draft, issues, warnings }: Props) => (
  <ul id="draft-issues" class="issues" aria-live="polite" aria-label="Issues of the draft">
    {issues.map((issue, index) => (
      <li key={`issue ${index} ${issueLine(issue)}`} class="issue">
        <Line draft={draft} issue={issue} />
      </li>
    ))}
    {warnings.map(issue => (
      <li key={`warning ${issueLine(issue)}`} class="warning">
        <Line draft={draft} issue={issue} />
      </li>
    ))}
  </ul>
)
