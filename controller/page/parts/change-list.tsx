/** The difference between two tables, name by name, old → new. */
import type { FieldChange, RouteChange } from '../draft/table-difference.ts'

const TAGS = { added: 'good', removed: 'bad', changed: 'warn' } as const satisfies Record<RouteChange['how'], string>

const Field = ({ change: { field, before, after } }: { change: FieldChange }) => (
  <div class="change-field">
    <dt>{field}</dt>
    <dd>
      {before !== undefined && <del>{before}</del>}
      {before !== undefined && after !== undefined && <span aria-hidden="true"> → </span>}
      {after !== undefined && <ins>{after}</ins>}
    </dd>
  </div>
)

export const ChangeList = ({ changes, label }: { changes: readonly RouteChange[]; label: string }) => (
  <ul class="changes" aria-label={label}>
    {changes.map(({ name, how, fields }) => (
      <li key={name} data-change={how}>
        <span class="change-name">
          <strong>
            <bdi>{name}</bdi>
          </strong>{' '}
          <span class={`tag ${TAGS[how]}`}>{how}</span>
        </span>
        <dl>
          {fields.map(change => (
            <Field key={change.field} change={change} />
          ))}
        </dl>
      </li>
    ))}
  </ul>
)
