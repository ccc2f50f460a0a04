/** Bundles the services that are modules of the user, beside the processes: TypeScript or JavaScript, with what they import. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type Message, type Plugin, stop } from 'esbuild'
import { BUILT_IN_SERVICES, isBuiltIn, moduleFile } from '../../config/built-in-services.ts'
import type { Instance } from '../../config/instance.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { nameKey } from '../protocol/names.ts'
import { type Bundles, bundling, processOptions } from './build.ts'
import { utf8Sources } from './utf8-sources.ts'

type Place = { readonly root: string; readonly configFile: string; readonly bundles: Bundles }
type Module = { readonly name: string; readonly file: string }

/**
 * Each into `processes/services/`, under the name of its instance. Those that are built in need nothing.
 * @throws {StartError} for a file that is not there, and with the place in the source for one that does not build
 */
export async function buildServices(instances: readonly Instance[], place: Place): Promise<void> {
  const modules = instances.flatMap(instance => {
    if (instance.kind !== 'service' || isBuiltIn(instance.service)) return []
    return [{ name: instance.name, file: moduleFile(instance.service, place.configFile) }]
  })
  if (modules.length === 0) return
  try {
    await Promise.all(modules.map(module => buildService(module, place)))
  } finally {
    await stop()
  }
}

async function buildService({ name, file }: Module, { root, bundles }: Place): Promise<void> {
  if (!existsSync(file))
    throw new StartError(
      `Cannot start ${name}: there is no file ${file}. A service is ${BUILT_IN_SERVICES.join(', ')}, or the file of a module, seen from the configuration file.`,
    )
  try {
    await build({
      ...processOptions,
      splitting: false,
      sourcemap: 'inline',
      ...bundling({ [nameKey(name)]: file }, [overlayChat(root), utf8Sources]),
      outdir: join(bundles.processes, 'services'),
    })
  } catch (error) {
    throw new StartError(`Cannot start ${name}: its module does not build: ${problems(error)}`)
  }
}

/** What a module imports of ours, wherever it lies. */
const overlayChat = (root: string): Plugin => ({
  name: 'overlay-chat',
  setup: build =>
    build.onResolve({ filter: /^overlay-chat\/service$/ }, () => ({
      path: join(root, 'peer', 'services', 'define-service.ts'),
    })),
})

/** `FILE:LINE:COLUMN: what is wrong`, one after the other. */
function problems(error: unknown): string {
  const found: Message[] =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  if (found.length === 0) return errorText(error)
  return found
    .map(({ location, text }) =>
      location === null ? text : `${resolve(location.file)}:${location.line}:${location.column + 1}: ${text}`,
    )
    .join('; ')
}
