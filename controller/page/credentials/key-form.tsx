/**
 * Setting, trying or replacing a key. What is typed lives in the input alone, never in the state of the page, and is wiped
 * from there as soon as it is saved.
 */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { RequestError } from '../../../shared/page/request.ts'
import type { CredentialView } from '../../../shared/protocol/control.ts'
import { type ApiKind, PROVIDER_ORIGINS } from '../../../shared/protocol/route.ts'
import { failureWords, saveCredential, tryCredential } from '../controller-api.ts'
import { TrialLine } from '../trial/trial-line.tsx'
import { useTrial } from '../trial/use-trial.ts'
import { type KeyIssue, keyChange, typedKey } from './key-change.ts'

type Props = {
  id: string
  provider: ApiKind
  known: CredentialView | undefined
  onSaved: (saved: CredentialView) => void
  onCancel: () => void
}

function failureIssue(error: unknown, typedKey: boolean): KeyIssue {
  const field = error instanceof RequestError ? error.field : undefined
  const at = field === 'value' ? 'value' : field?.startsWith('origins') ? 'origins' : ''
  const words = failureWords(error).replace(/\.?$/, '.')
  return {
    field: at,
    words: typedKey ? `${words} What you typed was wiped from this form: type the key again.` : words,
  }
}

const IssueLine = ({ id, issue, field }: { id: string; issue: KeyIssue | undefined; field: KeyIssue['field'] }) => (
  <p id={id} class="field-issue" role={field === '' ? 'alert' : undefined}>
    {issue?.field === field ? issue.words : ''}
  </p>
)

export function KeyForm({ id, provider, known, onSaved, onCancel }: Props) {
  const value = useRef<HTMLInputElement>(null)
  const origins = useRef<HTMLTextAreaElement>(null)
  const issue = useSignal<KeyIssue | undefined>(undefined)
  const busy = useSignal(false)
  const { trial, forget, run } = useTrial()
  useEffect(() => value.current?.focus(), [])

  const refuse = (found: KeyIssue): void => {
    issue.value = found
    if (found.field === 'origins') origins.current?.focus()
    else value.current?.focus()
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (value.current === null || origins.current === null || busy.value) return
    const typed = keyChange({ provider, value: value.current.value, origins: origins.current.value }, known)
    if ('issue' in typed) return refuse(typed.issue)
    issue.value = undefined
    busy.value = true
    value.current.value = ''
    try {
      onSaved(await saveCredential(id, typed.change))
    } catch (error) {
      refuse(failureIssue(error, typed.change.value !== undefined))
    } finally {
      busy.value = false
    }
  }
  const test = async (): Promise<void> => {
    if (value.current === null || origins.current === null || trial.value.busy) return
    const typed = typedKey({ provider, value: value.current.value, origins: origins.current.value }, known)
    if ('issue' in typed) return refuse(typed.issue)
    issue.value = undefined
    await run(() => tryCredential(id, typed.change))
  }
  const field = `key-${id}`
  return (
    <form class="key-form" autocomplete="off" onSubmit={event => void submit(event)}>
      <div class="form-field">
        <label for={field}>{known === undefined ? 'Key' : 'New key'}</label>
        <input
          ref={value}
          id={field}
          type="password"
          class="field"
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${field}-issue`}
          aria-invalid={issue.value?.field === 'value'}
          onInput={forget}
        />
        <IssueLine id={`${field}-issue`} issue={issue.value} field="value" />
      </div>
      <details open={issue.value?.field === 'origins' || undefined}>
        <summary>Advanced: where this key may be sent</summary>
        <div class="form-field">
          <label for={`${field}-origins`}>Allowed origins</label>
          <textarea
            ref={origins}
            id={`${field}-origins`}
            class="field"
            rows={2}
            spellcheck={false}
            onInput={forget}
            defaultValue={(known?.origins ?? PROVIDER_ORIGINS[provider]).join('\n')}
            aria-describedby={`${field}-origins-hint ${field}-origins-issue`}
            aria-invalid={issue.value?.field === 'origins'}
          />
          <p id={`${field}-origins-hint`} class="field-hint">
            One a line, such as https://api.example.com. Allowing another origin needs the key itself, so that nobody
            else can send it there.
          </p>
          <IssueLine id={`${field}-origins-issue`} issue={issue.value} field="origins" />
        </div>
      </details>
      <IssueLine id={`${field}-refusal`} issue={issue.value} field="" />
      <TrialLine trial={trial.value} />
      <div class="form-actions">
        <button type="button" class="button" disabled={trial.value.busy} onClick={() => void test()}>
          {trial.value.busy ? 'Testing…' : 'Test'}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={busy.value}>
          {busy.value ? 'Saving…' : 'Save key'}
        </button>
      </div>
    </form>
  )
}
