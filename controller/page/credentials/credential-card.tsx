/** One credential: whether it is set, where it may go, who uses it. Its value is never here. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { type ApiKind, isApiRoute, PROVIDER_ORIGINS, PROVIDER_VARIABLES } from '../../../shared/protocol/route.ts'
import { deleteCredential, failureWords } from '../controller-api.ts'
import { proxies } from '../live/overlay.ts'
import { knownTable } from '../live/tables.ts'
import { ask } from '../parts/ask.tsx'
import { Notice } from '../parts/notice.tsx'
import type { CredentialEntry } from './credential-list.ts'
import { KeyForm } from './key-form.tsx'
import { PROVIDER_NAMES } from './providers.ts'

const usersOf = (id: string): string[] =>
  proxies.value
    .filter(({ name }) =>
      Object.values(knownTable(name)?.endpoints ?? {}).some(route => isApiRoute(route) && route.credential === id),
    )
    .map(({ name }) => name)

const deletion = (id: string, provider: ApiKind) => ({
  title: `Delete the key “${id}”?`,
  body: (
    <>
      <p>Proxies whose routes name it lose it at once; what they ask then fails until a key is set again.</p>
      {id === provider && (
        <p>
          If <code>{PROVIDER_VARIABLES[provider]}</code> is set in the environment, the key comes back at the next
          start.
        </p>
      )}
    </>
  ),
  confirm: 'Delete key',
})

function Facts({ id, provider, credential }: CredentialEntry) {
  const users = usersOf(id)
  return (
    <dl class="credential-facts">
      <div>
        <dt>May be sent to</dt>
        <dd class="address">{(credential?.origins ?? PROVIDER_ORIGINS[provider]).join(', ')}</dd>
      </div>
      <div>
        <dt>Used by</dt>
        <dd>{users.length === 0 ? 'no route' : users.join(', ')}</dd>
      </div>
      {id === provider && (
        <div>
          <dt>Variable</dt>
          <dd>
            <code>{PROVIDER_VARIABLES[provider]}</code>
          </dd>
        </div>
      )}
    </dl>
  )
}

export function CredentialCard({ id, provider, credential }: CredentialEntry) {
  const open = useSignal(false)
  const outcome = useSignal<{ tone: 'good' | 'bad'; words: string } | undefined>(undefined)
  const opener = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    open.value = false
    requestAnimationFrame(() => opener.current?.focus())
  }
  const remove = async (): Promise<void> => {
    if (!(await ask(deletion(id, provider)))) return
    try {
      await deleteCredential(id)
      outcome.value = { tone: 'good', words: 'The key was deleted.' }
    } catch (error) {
      outcome.value = { tone: 'bad', words: failureWords(error) }
    }
  }
  const title = id === provider ? PROVIDER_NAMES[provider] : `${id} (${PROVIDER_NAMES[provider]})`
  return (
    <li class="credential panel" data-credential={id}>
      <div class="credential-head">
        <h2>{title}</h2>
        {credential === undefined ? (
          <span class="tag">not set</span>
        ) : (
          <span class="tag good">set · ends in {credential.last4}</span>
        )}
      </div>
      <Facts id={id} provider={provider} credential={credential} />
      {outcome.value !== undefined && <Notice tone={outcome.value.tone}>{outcome.value.words}</Notice>}
      {open.value ? (
        <KeyForm
          id={id}
          provider={provider}
          known={credential}
          onCancel={close}
          onSaved={({ last4 }) => {
            outcome.value = { tone: 'good', words: `Saved: the key that ends in ${last4}.` }
            close()
          }}
        />
      ) : (
        <div class="credential-actions">
          <button
            ref={opener}
            type="button"
            class="button"
            aria-label={`${credential === undefined ? 'Set' : 'Replace'} key of ${title}`}
            onClick={() => {
              outcome.value = undefined
              open.value = true
            }}
          >
            {credential === undefined ? 'Set key' : 'Replace'}
          </button>
          {credential !== undefined && (
            <button
              type="button"
              class="button quiet"
              aria-label={`Delete key of ${title}`}
              onClick={() => void remove()}
            >
              Delete…
            </button>
          )}
        </div>
      )}
    </li>
  )
}
