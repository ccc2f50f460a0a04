/** The draft as a form: one block a route, its fields by its kind. */
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../shared/page/icon.tsx'
import { freshRowId } from '../draft/draft.ts'
import { startingFields } from '../draft/form-fields.ts'
import type { FormRow } from '../draft/form-row.ts'
import type { Issue } from '../draft/route-issues.ts'
import { credentials } from '../live/overlay.ts'
import { CREDENTIAL_CHOICES, fieldId } from './form-ids.ts'
import { RouteRow } from './route-row.tsx'

type Props = {
  proxy: string
  rows: readonly FormRow[]
  issues: readonly Issue[]
  warnings: readonly Issue[]
  onRows: (rows: readonly FormRow[]) => void
}

export function RouteForm({ proxy, rows, issues, warnings, onRows }: Props) {
  const focusNext = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (focusNext.current !== undefined) document.getElementById(focusNext.current)?.focus()
    focusNext.current = undefined
  }, [rows])

  const add = (): void => {
    const id = freshRowId(rows)
    focusNext.current = fieldId(id, 'name')
    onRows([...rows, { id, name: '', kind: 'peer', fields: startingFields('peer'), rest: {} }])
  }
  const remove = (row: FormRow): void => {
    focusNext.current = 'add-route'
    onRows(rows.filter(other => other !== row))
  }
  const replace = (row: FormRow, next: FormRow): void => onRows(rows.map(other => (other === row ? next : other)))
  const of = (row: FormRow, all: readonly Issue[]) => all.filter(({ name }) => name === row.name)

  return (
    <>
      <datalist id={CREDENTIAL_CHOICES}>
        {credentials.value.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <ul class="route-rows" aria-label="Routes of the draft">
        {rows.map(row => (
          <RouteRow
            key={row.id}
            proxy={proxy}
            row={row}
            issues={of(row, issues)}
            warnings={of(row, warnings)}
            onChange={next => replace(row, next)}
            onRemove={() => remove(row)}
          />
        ))}
      </ul>
      <button type="button" class="button add-route" id="add-route" onClick={add}>
        <Icon name="plus" /> Add route
      </button>
    </>
  )
}
