/** A field of the form with its label, its hint and what is wrong with it. */
import type { ComponentChildren } from 'preact'
import type { FormField } from '../draft/form-fields.ts'
import type { Issue } from '../draft/route-issues.ts'

type Described = { id: string; 'aria-describedby': string; 'aria-invalid': boolean }
type FrameProps = {
  id: string
  label: ComponentChildren
  hint?: string | undefined
  wide?: boolean
  issues: readonly Issue[]
  warnings: readonly Issue[]
  children: (described: Described) => ComponentChildren
}

export const FieldFrame = ({ id, label, hint, wide, issues, warnings, children }: FrameProps) => (
  <div class={wide === true ? 'form-field wide' : 'form-field'}>
    <label for={id}>{label}</label>
    {children({ id, 'aria-describedby': `${id}-notes`, 'aria-invalid': issues.length > 0 })}
    <div id={`${id}-notes`}>
      {hint !== undefined && <p class="field-hint">{hint}</p>}
      {issues.map(({ words }) => (
        <p key={words} class="field-issue">
          {words}
        </p>
      ))}
      {warnings.map(({ words }) => (
        <p key={words} class="field-warning">
          {words}
        </p>
      ))}
    </div>
  </div>
)

type Props = {
  id: string
  field: FormField
  text: string
  issues: readonly Issue[]
  warnings: readonly Issue[]
  /** The id of a datalist. */
  choices?: string | undefined
  onText: (text: string) => void
}

export function RouteField({ id, field, text, issues, warnings, choices, onText }: Props) {
  const { label, hint, optional, input, path } = field
  const labelled = (
    <>
      {label}
      {optional === true && input !== 'flag' && field.group === undefined && <span class="muted"> optional</span>}
    </>
  )
  return (
    <FieldFrame id={id} label={labelled} hint={hint} wide={path === 'baseUrl'} issues={issues} warnings={warnings}>
      {described => <Input described={described} input={input} text={text} choices={choices} onText={onText} />}
    </FieldFrame>
  )
}

type InputProps = Pick<FormField, 'input'> & {
  described: Described
  text: string
  choices: string | undefined
  onText: (text: string) => void
}

function Input({ described, input, text, choices, onText }: InputProps) {
  const shared = {
    ...described,
    class: 'field',
    autocomplete: 'off' as const,
    autocapitalize: 'off' as const,
    spellcheck: false,
    value: text,
  }
  switch (input) {
    case 'flag':
      return (
        <input
          {...described}
          type="checkbox"
          checked={text === 'true'}
          onChange={event => onText(event.currentTarget.checked ? 'true' : '')}
        />
      )
    case 'lines':
    case 'names':
      return (
        <textarea
          dir="auto"
          {...shared}
          rows={Math.max(2, text.split('\n').length)}
          onInput={event => onText(event.currentTarget.value)}
        />
      )
    case 'number':
      return <input {...shared} inputMode="decimal" onInput={event => onText(event.currentTarget.value)} />
    case 'text':
      return <input {...shared} dir="auto" list={choices} onInput={event => onText(event.currentTarget.value)} />
    default:
      return input satisfies never
  }
}
