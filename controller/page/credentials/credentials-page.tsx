/** The keys of the AI providers, and any others that routes may name. */
import { credentials } from '../live/overlay.ts'
import { knownRoutes } from '../live/tables.ts'
import { CredentialCard } from './credential-card.tsx'
import { credentialList } from './credential-list.ts'

export function CredentialsPage() {
  const entries = credentialList(credentials.value, knownRoutes())
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
        {entries.map(entry => (
          <CredentialCard key={entry.id} {...entry} />
        ))}
      </ul>
    </>
  )
}
