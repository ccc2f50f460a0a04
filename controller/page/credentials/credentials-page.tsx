/** The keys of the AI providers, and any others that routes may name. */
import { API_KINDS } from '../../../shared/protocol/route.ts'
import { credentials } from '../live/overlay.ts'
import { CredentialCard } from './credential-card.tsx'

export function CredentialsPage() {
  const others = credentials.value.filter(({ id }) => !API_KINDS.some(kind => kind === id))
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>Credentials</h1>
          <p class="summary prose">
            Keys live at the controller and go only to the proxies whose routes name them; each proxy sends a key to its
            allowed origins and nowhere else. No page, log or answer shows more of a key than its last four characters.
            A key can also come from the environment or from <code>.env</code>, under the variable named below; what is
            set here wins over it.
          </p>
        </div>
      </div>
      <ul class="credentials" aria-label="Credentials">
        {API_KINDS.map(kind => (
          <CredentialCard
            key={kind}
            id={kind}
            provider={kind}
            credential={credentials.value.find(({ id }) => id === kind)}
          />
        ))}
        {others.map(credential => (
          <CredentialCard
            key={credential.id}
            id={credential.id}
            provider={credential.provider}
            credential={credential}
          />
        ))}
      </ul>
    </>
  )
}
