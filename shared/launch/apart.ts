/**
 * `startup.ts controller | proxy NAME | peer NAME`: one part of an overlay by itself, at the address that the configuration
 * gives it, so that an overlay can be spread. It is supervised like everything else, and does not mind in which order parts start.
 */
import { join } from 'node:path'
import { addressText, linkTo } from '../../config/address.ts'
import { type Addresses, addressesOf } from '../../config/addresses.ts'
import { loadOverlay } from '../../config/changed-persons.ts'
import { findInstance } from '../../config/find-instance.ts'
import type { Instance } from '../../config/instance.ts'
import { portsFrom } from '../../config/ports.ts'
import { overlayKey } from '../process/overlay-key.ts'
import { StartError } from '../process/start-error.ts'
import { buildFolder, buildOverlay, bundlesIn, requireBuildFolder } from './build.ts'
import { buildServices } from './build-services.ts'
import { Console } from './console.ts'
import { requireFreePorts } from './free-ports.ts'
import { keepPrivate } from './keep-private.ts'
import { lockPart } from './lock.ts'
import type { Options } from './options.ts'
import { type Kind, OverlayProcesses, planPorts } from './overlay.ts'
import { environment, requireLogLevel } from './start.ts'
import { askedToStop, untilAsked } from './until-asked.ts'

/** A part that is not ready after this time says what it waits for, in milliseconds. */
const PATIENCE_MS = 3_000

type Part = {
  /** Such as `proxy alice`. */
  readonly title: string
  readonly instances: readonly Instance[]
  /** Where it is found, in words of a sentence; empty for a service, which nobody asks. */
  readonly at: string
  /** Whom it needs to be ready. */
  readonly waitsFor: string | undefined
}

/** @param root the folder of the program. @returns the exit code */
export async function startApart(kind: Kind, options: Options, root: string): Promise<number> {
  const began = Date.now()
  const env = environment(root)
  requireLogLevel(env['LOG_LEVEL'])
  if (options.only !== undefined)
    throw new StartError(`Cannot start ${kind} with --only: it is one process alone. Leave --only out.`)
  const config = loadOverlay(options)
  const addresses = addressesOf(config, portsFrom(options.portBase))
  const { title, instances, at, waitsFor } =
    kind === 'controller'
      ? controllerPart(addresses)
      : partOf(kind, findInstance(config, options.operand ?? ''), addresses)
  requireBuildFolder(options.data)
  using _lock = lockPart(options.data, title)
  await requireFreePorts(planPorts(instances, { addresses, demo: options.demo, only: kind }))
  const folder = title.toLowerCase().replaceAll(' ', '-')
  const target = join(buildFolder(options.data), folder)
  const bundles = bundlesIn(target, options)
  await buildOverlay(root, target, options)
  if (kind === 'peer') await buildServices(instances, { root, configFile: options.config, bundles })
  else overlayKey(options.data)

  const terminal = process.stdout.isTTY && !process.env['NO_COLOR']
  const console = new Console(join(options.data, 'logs'), terminal, `startup-${folder}`)
  for (const line of keepPrivate(options.data)) console.say(line, 'warn')
  const processes = new OverlayProcesses({
    ...{ options, bundles, instances, addresses, console, env },
    only: kind,
  })
  const asked = askedToStop(() => processes.kill())
  const impatient = setTimeout(() => {
    if (waitsFor !== undefined) console.say(`${title} is not ready yet: it waits for ${waitsFor}`)
  }, PATIENCE_MS)
  const stop = () => {
    clearTimeout(impatient)
    return processes.stop()
  }
  await untilAsked({ ready: processes.start(), asked, console, stop }, () => {
    clearTimeout(impatient)
    console.say(`${title} is ready${at} after ${((Date.now() - began) / 1000).toFixed(1)} s; Ctrl+C stops it`)
  })
  return 0
}

const controllerPart = ({ controller }: Addresses): Part => ({
  title: 'controller',
  instances: [],
  at: ` at ${linkTo(controller)}`,
  waitsFor: undefined,
})

function partOf(kind: 'proxy' | 'peer', instance: Instance, addresses: Addresses): Part {
  const { name } = instance
  const ownProxy = addressText(addresses.proxy(instance))
  const common = { title: `${kind} ${name}`, instances: [instance] }
  if (kind === 'proxy')
    return {
      ...common,
      at: ` at ${ownProxy}`,
      waitsFor: `its first routing table, which the controller gives it (${linkTo(addresses.controller)}; npx tsx startup.ts controller)`,
    }
  return {
    ...common,
    at: instance.kind === 'service' ? '' : ` at ${linkTo(addresses.peer(instance))}`,
    waitsFor: `its proxy (${ownProxy}; npx tsx startup.ts proxy ${name})`,
  }
}
