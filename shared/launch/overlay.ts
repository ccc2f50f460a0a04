/** The whole overlay as processes: started in order, stopped in reverse. */
import { join } from 'node:path'
import type { Addresses } from '../../config/addresses.ts'
import type { Config } from '../../config/config.ts'
import { findInstance } from '../../config/find-instance.ts'
import type { Instance } from '../../config/instance.ts'
import type { ListeningPlace } from '../process/listen-problem.ts'
import { PROVIDER_VARIABLES } from '../protocol/route.ts'
import type { Bundles, ProcessKind } from './build.ts'
import { Child } from './child.ts'
import type { Console } from './console.ts'
import type { Options } from './options.ts'

/** Time for one rank of processes to stop before they are ended; three ranks fit into five seconds. */
const STOP_MS = 1_400

/** The addresses that the start needs, each with the process that will have it. */
export function planPorts(
  instances: readonly Instance[],
  { addresses, demo, only }: { addresses: Addresses; demo: boolean; only?: Kind },
): ListeningPlace[] {
  const wanted = (kind: Kind) => only === undefined || only === kind
  const controller = [
    ...(demo ? [{ process: 'the demonstration provider', ...addresses.demo }] : []),
    { process: 'the controller', ...addresses.controller },
  ]
  return [
    ...(wanted('controller') ? controller : []),
    ...instances.flatMap(instance => [
      ...(wanted('proxy') ? [{ process: `the proxy of ${instance.name}`, ...addresses.proxy(instance) }] : []),
      ...(instance.kind === 'service' || !wanted('peer')
        ? []
        : [{ process: `the peer ${instance.name}`, ...addresses.peer(instance) }]),
    ]),
  ]
}

/** What can be started apart from the others; the demonstration provider belongs to the controller. */
export type Kind = 'controller' | 'proxy' | 'peer'

type Choice = Pick<Options, 'only' | 'thermometer' | 'assistants'>

/** Each once. @throws {StartError} for a name that the configuration does not have */
export function chosenInstances(config: Config, { only, thermometer, assistants }: Choice): Instance[] {
  const named = only === undefined ? config.instances : [...new Set(only.map(name => findInstance(config, name)))]
  return named.filter(
    instance =>
      (thermometer || instance.kind !== 'service' || instance.service !== 'thermometer') &&
      (assistants || instance.kind !== 'assistant'),
  )
}

export class OverlayProcesses {
  /** In the order in which they start: provider and controller, then everything else side by side. */
  readonly #ranks: Child[][]

  constructor(parts: {
    options: Options
    bundles: Bundles
    instances: readonly Instance[]
    addresses: Addresses
    console: Console
    env: NodeJS.ProcessEnv
    only?: Kind
  }) {
    const { options, bundles, instances, addresses, console, env, only } = parts
    const {
      [PROVIDER_VARIABLES.openai]: _1,
      [PROVIDER_VARIABLES.anthropic]: _2,
      [PROVIDER_VARIABLES.gemini]: _3,
      [PROVIDER_VARIABLES.mistral]: _4,
      ...withoutKeys
    } = env
    const common = [
      '--config',
      options.config,
      '--data',
      options.data,
      '--port-base',
      String(options.portBase),
      ...(options.demo ? ['--demo'] : []),
    ]
    const file = (kind: ProcessKind) => join(bundles.processes, `${kind}.mjs`)
    const compileCache = { NODE_COMPILE_CACHE: join(bundles.processes, '..', 'cache') }
    const child = (kind: ProcessKind, name = '') =>
      new Child(
        {
          name: name === '' ? kind : `${kind} ${name}`,
          file: file(kind),
          args:
            kind === 'demo'
              ? ['--port', String(addresses.demo.port)]
              : [...(name === '' ? [] : [name]), ...common, '--pages', bundles.pages],
          env: { ...(kind === 'controller' ? env : withoutKeys), ...compileCache },
        },
        console,
      )
    const of = (kind: Kind, children: () => Child[]) => (only === undefined || only === kind ? children() : [])
    this.#ranks = [
      of('controller', () => [...(options.demo ? [child('demo')] : []), child('controller')]),
      of('proxy', () => instances.map(({ name }) => child('proxy', name))),
      of('peer', () => instances.map(({ name, kind }) => child(kind === 'service' ? 'service' : 'peer', name))),
    ]
  }

  /** @throws {StartError} when a process refuses to start */
  async start(): Promise<void> {
    const [first = [], ...rest] = this.#ranks
    await Promise.all(first.map(child => child.start()))
    await Promise.all(rest.flat().map(child => child.start()))
  }

  async stop(): Promise<void> {
    for (const child of this.#ranks.flat()) child.expectStop()
    for (const rank of [...this.#ranks].reverse()) await Promise.all(rank.map(child => child.stop(STOP_MS)))
  }

  kill(): void {
    for (const child of this.#ranks.flat()) child.kill()
  }
}
