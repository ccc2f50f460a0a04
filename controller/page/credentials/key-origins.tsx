/** Where a key may be sent, in the step where it is typed: the list, and the word of whoever types it for each address that is not the provider's own. */
import type { Signal } from '@preact/signals'
import type { Ref } from 'preact'
import { type ApiKind, foreignOrigins } from '../../../shared/protocol/route.ts'
import { originOf } from '../../../shared/protocol/web-address.ts'
import { foreignIn, originLines } from './key-change.ts'
import { PROVIDER_NAMES } from './providers.ts'

type Props = {
  /** Of the fields. */
  id: string
  provider: ApiKind
  text: Signal<string>
  confirmed: Signal<boolean>
  issue: string | undefined
  area: Ref<HTMLTextAreaElement>
  onChange: () => void
}

const isForeign = (provider: ApiKind, line: string): boolean =>
  !URL.canParse(line) || foreignOrigins(provider, [originOf(line)]).length > 0

export function KeyOrigins({ id, provider, text, confirmed, issue, area, onChange }: Props) {
  const owner = PROVIDER_NAMES[provider]
  const foreign = foreignIn(provider, text.value)
  return (
    <fieldset class="key-origins">
      <legend>This key may be sent to</legend>
      <ul aria-label="Allowed origins">
        {originLines(text.value).map(line => (
          <li key={line}>
            <span class="address">{line}</span>
            {isForeign(provider, line) ? <span class="tag warn">not {owner}</span> : <span class="tag">{owner}</span>}
          </li>
        ))}
      </ul>
      {foreign.length > 0 && (
        <label class="key-confirm">
          <input
            type="checkbox"
            checked={confirmed.value}
            aria-describedby={`${id}-issue`}
            onChange={event => {
              confirmed.value = event.currentTarget.checked
              onChange()
            }}
          />
          <span>Yes, this key may also go to {foreign.join(', ')}</span>
        </label>
      )}
      <p id={`${id}-issue`} class="field-issue">
        {issue ?? ''}
      </p>
      <details open={issue !== undefined || undefined}>
        <summary>Change the list</summary>
        <div class="form-field">
          <label for={id}>Allowed origins</label>
          <textarea
            ref={area}
            id={id}
            class="field"
            rows={2}
            spellcheck={false}
            value={text.value}
            onInput={event => {
              text.value = event.currentTarget.value
              confirmed.value = false
              onChange()
            }}
            aria-describedby={`${id}-hint ${id}-issue`}
            aria-invalid={issue !== undefined}
          />
          <p id={`${id}-hint`} class="field-hint">
            One a line, such as https://api.example.com. Allowing another origin needs the key itself, so that nobody
            else can send it there.
          </p>
        </div>
      </details>
    </fieldset>
  )
}
