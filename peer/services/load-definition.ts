/** Reads the definition of an instance: one that is built in, or the default export of a module of the user. */
import { existsSync } from 'node:fs'
import { isBuiltIn, moduleFile } from '../../config/built-in-services.ts'
import type { Instance } from '../../config/instance.ts'
import { StartError } from '../../shared/process/start-error.ts'
import { errorText, firstIssue } from '../../shared/protocol/errors.ts'
import { builtIn } from './built-in.ts'
import { ServiceDefinition } from './definition.ts'

export type ServiceInstance = Extract<Instance, { kind: 'service' }>

/**
 * @param place.bundle where the launcher put what it bundled from the module
 * @throws {StartError} naming the file, what is wrong with it and what is allowed
 */
export async function loadDefinition(
  instance: ServiceInstance,
  { configFile, bundle }: { configFile: string; bundle: URL },
): Promise<ServiceDefinition> {
  const { name, service } = instance
  if (isBuiltIn(service)) return withPeriod(builtIn[service], instance)
  const module = { name, file: moduleFile(service, configFile) }
  return withPeriod(checkDefinition(await importModule(module, bundle), module), instance)
}

/** @throws {StartError} */
function withPeriod(
  definition: ServiceDefinition,
  { name, service, everySeconds }: ServiceInstance,
): ServiceDefinition {
  const { publish } = definition
  if (everySeconds === undefined) return definition
  if (publish === undefined)
    throw new StartError(
      `Cannot start ${name}: its everySeconds is ${everySeconds}, but ${service} publishes nothing. Leave everySeconds out, or give the module a "publish".`,
    )
  return { ...definition, publish: { ...publish, everySeconds } }
}

type Module = { readonly name: string; readonly file: string }

async function importModule({ name, file }: Module, bundle: URL): Promise<unknown> {
  if (!existsSync(bundle))
    throw new StartError(`Cannot start ${name}: ${file} was not bundled. Start through startup.ts, which does that.`)
  // Lines in a log are those of the source then.
  process.setSourceMapsEnabled(true)
  try {
    const module: { default?: unknown } = await import(bundle.href)
    return module.default
  } catch (error) {
    throw new StartError(`Cannot start ${name}: ${file} fails while it is loaded: ${errorText(error)}.`)
  }
}

/** @throws {StartError} */
export function checkDefinition(value: unknown, { name, file }: Module): ServiceDefinition {
  if (value === undefined)
    throw new StartError(
      `Cannot start ${name}: ${file} has no default export. Write "export default defineService({ name, about, commands })"; docs/services.md shows how.`,
    )
  const result = ServiceDefinition.safeParse(value)
  if (result.success) return result.data
  const { field, detail } = firstIssue(result.error)
  throw new StartError(
    `Cannot start ${name}: the default export of ${file} is not a service: ${field === '' ? 'it' : field} ${detail}. docs/services.md lists what is allowed.`,
  )
}
