/** One route of the form: name, kind, the fields of that kind, and its parameters folded away. */
import { useSignal } from '@preact/signals'
import { Icon } from '../../../shared/page/icon.tsx'
import type { ListedModel } from '../../../shared/protocol/trial.ts'
import { tryRoute } from '../controller-api.ts'
import { type FormField, fieldsOf, isRouteKind, ROUTE_KINDS, startingFields } from '../draft/form-fields.ts'
import { type FormRow, toRoute } from '../draft/form-row.ts'
import type { Issue } from '../draft/route-issues.ts'
import { ModelChoice, TrialLine } from '../trial/trial-line.tsx'
import { useTrial } from '../trial/use-trial.ts'
import { CREDENTIAL_CHOICES, fieldId } from './form-ids.ts'
import { FieldFrame, RouteField } from './route-field.tsx'

type Props = {
  /** The proxy whose table it is. */
  proxy: string
  row: FormRow
  issues: readonly Issue[]
  warnings: readonly Issue[]
  onChange: (row: FormRow) => void
  onRemove: () => void
}

/** What was typed stays; what is empty, or still what the old kind started with, becomes what the new kind starts with. */
function withKind(row: FormRow, kind: string): FormRow {
  const starting = isRouteKind(kind) ? startingFields(kind) : {}
  const before = isRouteKind(row.kind) ? startingFields(row.kind) : {}
  const fresh = Object.entries(starting).filter(([path]) => {
    const typed = row.fields[path]
    return typed === undefined || typed === '' || typed === before[path]
  })
  return { ...row, kind, fields: { ...row.fields, ...Object.fromEntries(fresh) } }
}

/** An issue is shown at its field, or at the route when no field of the form has its path. */
const issuesAt = (issues: readonly Issue[], path: string) =>
  issues.filter(({ field }) => field === path || field.startsWith(`${path}.`))

const KindField = ({ row, issues, onChange }: Pick<Props, 'row' | 'issues' | 'onChange'>) => (
  <FieldFrame id={fieldId(row.id, 'kind')} label="Kind" issues={issuesAt(issues, 'kind')} warnings={[]}>
    {described => (
      <select
        {...described}
        class="field"
        value={row.kind}
        onChange={event => onChange(withKind(row, event.currentTarget.value))}
      >
        {!isRouteKind(row.kind) && <option value={row.kind}>{row.kind || '(none)'}</option>}
        {ROUTE_KINDS.map(kind => (
          <option key={kind} value={kind}>
            {kind}
          </option>
        ))}
      </select>
    )}
  </FieldFrame>
)

export function RouteRow({ proxy, row, issues, warnings, onChange, onRemove }: Props) {
  const { trial, forget, run } = useTrial()
  const models = useSignal<readonly ListedModel[]>([])
  const test = async (): Promise<void> => {
    const answer = await run(() => tryRoute(proxy, toRoute(row)))
    if (answer !== undefined) models.value = answer.models
  }
  const change = (changed: FormRow): void => {
    forget()
    onChange(changed)
  }
  const fields = fieldsOf(row.kind)
  const plain = fields.filter(({ group }) => group === undefined)
  const parameters = fields.filter(({ group }) => group === 'parameters')
  const shown = new Set(['name', 'kind', ...fields.map(({ path }) => path)])
  const elsewhere = issues.filter(
    ({ field }) => ![...shown].some(path => field === path || field.startsWith(`${path}.`)),
  )
  const set = (path: string, text: string): void => {
    if (LISTED_BY.has(path)) models.value = []
    change({ ...row, fields: { ...row.fields, [path]: text } })
  }
  const setKind = (changed: FormRow): void => {
    models.value = []
    change(changed)
  }
  const draw = (field: FormField) => (
    <RouteField
      key={field.path}
      id={fieldId(row.id, field.path)}
      field={field}
      text={row.fields[field.path] ?? ''}
      issues={issuesAt(issues, field.path)}
      warnings={issuesAt(warnings, field.path)}
      choices={field.path === 'credential' ? CREDENTIAL_CHOICES : undefined}
      onText={text => set(field.path, text)}
    />
  )

  return (
    <li class="route-row panel" data-row={row.name}>
      <fieldset>
        <legend class="visually-hidden">Route {row.name === '' ? 'without a name' : row.name}</legend>
        <div class="route-row-fields">
          <RouteField
            id={fieldId(row.id, 'name')}
            field={{ path: 'name', label: 'Name', input: 'text' }}
            text={row.name}
            issues={issuesAt(issues, 'name')}
            warnings={[]}
            onText={name => onChange({ ...row, name })}
          />
          <KindField row={row} issues={issues} onChange={setKind} />
          {plain.map(draw)}
        </div>
        {parameters.length > 0 && (
          <details class="parameters" open={issues.some(({ field }) => field.startsWith('parameters.')) || undefined}>
            <summary>
              Parameters <span class="muted">{parametersSet(row, parameters)}</span>
            </summary>
            <div class="route-row-fields">{parameters.map(draw)}</div>
          </details>
        )}
        {elsewhere.map(({ field, words }) => (
          <p key={`${field} ${words}`} class="field-issue">
            {field === '' ? words : `${field}: ${words}`}. Mend it in the JSON view.
          </p>
        ))}
        {row.kind !== 'peer' && (
          <div class="route-trial">
            <button
              type="button"
              class="button small"
              aria-label={`Test route ${row.name}`}
              disabled={trial.value.busy}
              onClick={() => void test()}
            >
              {trial.value.busy ? 'Testing…' : 'Test'}
            </button>
            <ModelChoice
              models={models.value}
              model={row.fields['model'] ?? ''}
              onChoose={model => set('model', model)}
            />
            <TrialLine trial={trial.value} />
          </div>
        )}
        <button
          type="button"
          class="button quiet icon-only remove-route"
          aria-label={`Remove route ${row.name}`}
          title="Remove route"
          onClick={onRemove}
        >
          <Icon name="trash" />
        </button>
      </fieldset>
    </li>
  )
}

/** With another of these the models that were listed are no longer those to choose from. */
const LISTED_BY = new Set(['baseUrl', 'credential'])

function parametersSet({ fields }: FormRow, parameters: readonly FormField[]): string {
  const set = parameters.filter(({ path }) => (fields[path] ?? '') !== '')
  return set.length === 0
    ? 'none set'
    : set.map(({ path, label }) => `${label.toLowerCase()} ${fields[path]}`).join(', ')
}
