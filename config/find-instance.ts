/** Finds the instance that a process was started for. */

import { StartError } from '../shared/process/start-error.ts'
import { findByName, sameName } from '../shared/protocol/names.ts'
import type { Config } from './config.ts'
import type { Instance } from './instance.ts'

/** @param refusal how the error begins @throws {StartError} naming the instances there are */
export function findInstance(config: Config, name: string, refusal = 'Cannot start'): Instance {
  const found = config.instances.find(instance => sameName(instance.name, name))
  if (found !== undefined) return found
  const isRoute = findByName(config.routes, name) !== undefined
  const known = config.instances.map(instance => instance.name).join(', ')
  throw new StartError(
    `${refusal} "${name}": ${isRoute ? 'it is an AI route, which each proxy calls by itself' : 'the configuration has no such instance'}. Known: ${known}.`,
  )
}
