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
import { KeyOrigins } from './key-origins.tsx'

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
  const area = useRef<HTMLTextAreaElement>(null)
  // As they were when the form was opened: what is sent is what was shown, whoever changes them meanwhile.
  const origins = useSignal((known?.origins ?? PROVIDER_ORIGINS[provider]).join('\n'))
  const confirmed = useSignal(false)
  const issue = useSignal<KeyIssue | undefined>(undefined)
  const busy = useSignal(false)
  const { trial, forget, run } = useTrial()
  useEffect(() => value.current?.focus(), [])

  const refuse = (found: KeyIssue): void => {
    issue.value = found
    if (found.field === 'origins') (area.current?.closest('fieldset')?.querySelector('input') ?? area.current)?.focus()
    else value.current?.focus()
  }
  const typedNow = (input: HTMLInputElement) => ({
    provider,
    value: input.value,
    origins: origins.value,
    confirmed: confirmed.value,
  })
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (value.current === null || busy.value) return
    const typed = keyChange(typedNow(value.current), known)
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
    if (value.current === null || trial.value.busy) return
    const typed = typedKey(typedNow(value.current), known)
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
      <KeyOrigins
        id={`${field}-origins`}
        provider={provider}
        text={origins}
        confirmed={confirmed}
        issue={issue.value?.field === 'origins' ? issue.value.words : undefined}
        area={area}
        onChange={forget}
      />
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
