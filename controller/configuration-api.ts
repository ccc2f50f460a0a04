/** How the launcher tells the controller that the configuration was changed while the overlay runs. */
import * as z from 'zod'
import { type Config, ConfigError } from '../config/config.ts'
import type { Api } from '../shared/process/api.ts'
import { carriesKey } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { StartError } from '../shared/process/start-error.ts'
import { InvalidInputError } from '../shared/protocol/errors.ts'
import { WrongKeyError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store.ts'

type Parts = {
  readonly key: Secret
  /** @throws {StartError} when the file cannot be read or is not valid */
  readonly readConfig: () => Config
  readonly store: Store
  readonly hub: Hub
  readonly presence: Presence
}

export function addConfigurationApi(api: Api, { key, readConfig, store, hub, presence }: Parts): void {
  api.route(
    {
      method: 'post',
      path: '/api/configuration',
      summary: 'Read the configuration anew: instances that came or went are taken over into all tables',
      answers: { 200: z.object({ ok: z.literal(true) }) },
    },
    async ({ c }) => {
      if (!carriesKey(c.req.header('authorization'), key)) throw new WrongKeyError()
      for (const name of await store.configure(readOrRefuse(readConfig))) {
        presence.forget(name)
        hub.closeRoutes(name)
      }
      return c.json({ ok: true })
    },
  )
}

/** @throws {InvalidInputError} naming the field; nothing has changed then */
function readOrRefuse(readConfig: () => Config): Config {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    const [field, detail] = error instanceof ConfigError ? [error.field, error.detail] : ['', error.message]
    throw new InvalidInputError({ what: 'Cannot take over the configuration', field, detail })
  }
}
