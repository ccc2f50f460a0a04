/** Tries what the controller asks to be tried, and tells it what came of it. The key is kept no longer than that. */
import { bearer } from '../../shared/process/overlay-key.ts'
import { Secret } from '../../shared/process/secret.ts'
import type { RoutesEvent } from '../../shared/protocol/control.ts'
import type { TrialReport } from '../../shared/protocol/trial.ts'
import type { ControllerParts } from '../controller-pushes.ts'

type Parts = Pick<ControllerParts, 'controller' | 'client' | 'key' | 'self' | 'log' | 'tryOut'>

/** Never rejects: whoever waits for a result that does not arrive hears from the controller that there was none. */
export async function tryAndTell(
  { controller, client, key, self, log, tryOut }: Parts,
  { id, of, route, credential }: Extract<RoutesEvent, { kind: 'trial' }>,
  signal: AbortSignal,
): Promise<void> {
  const carried = credential && { secret: new Secret(credential.value), origins: credential.origins }
  try {
    const result = await tryOut({ of, route, credential: carried }, signal)
    log.info({ of, kind: route.kind, ok: result.ok, code: result.code }, 'tried for the dashboard')
    const body: TrialReport = { name: self.name, result }
    await client.json('POST', `${controller}/api/trials/${id}`, { body, headers: bearer(key), signal })
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, 'a trial for the dashboard failed')
  }
}
