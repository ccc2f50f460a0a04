/** Forgetting a proxy, after saying what that means. */
import { useSignal } from '@preact/signals'
import { failureWords, forgetProxy } from '../controller-api.ts'
import { ask } from '../parts/ask.tsx'
import { Notice } from '../parts/notice.tsx'
import { placeLink } from '../place.ts'

const question = (name: string, connected: boolean) => ({
  title: `Remove ${name}?`,
  body: (
    <>
      <p>
        The controller forgets where {name} is until it registers again. Its messages, and the routes of others to it,
        stay as they are.
      </p>
      {connected && <p>It is connected now: while its process runs, it registers again by itself and comes back.</p>}
    </>
  ),
  confirm: 'Remove',
})

export function RemoveProxy({ name, connected }: { name: string; connected: boolean }) {
  const problem = useSignal<string | undefined>(undefined)
  const remove = async (): Promise<void> => {
    if (!(await ask(question(name, connected)))) return
    try {
      await forgetProxy(name)
      location.hash = placeLink({ view: 'proxies' })
    } catch (error) {
      problem.value = failureWords(error)
    }
  }
  return (
    <>
      <button type="button" class="button small remove-proxy" onClick={() => void remove()}>
        Remove…
      </button>
      {problem.value !== undefined && <Notice tone="bad">{problem.value}</Notice>}
    </>
  )
}
