/** The whole overlay as processes: started in order, stopped in reverse. */
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { findInstance } from '../../config/find-instance.ts'
import type { Instance } from '../../config/instance.ts'
import type { Ports } from '../../config/ports.ts'
import { PROVIDER_VARIABLES } from '../protocol/route.ts'
import type { Bundles, ProcessKind } from './build.ts'
import { Child } from './child.ts'
import type { Console } from './console.ts'
import type { Options } from './options.ts'

/** Time for one rank of processes to stop before they are ended; three ranks fit into five seconds. */
const STOP_MS = 1_400

export type Plan = { readonly process: string; readonly port: number }

/** The ports that the start needs, each with the process that will have it. */
export function planPorts(instances: readonly Instance[], { ports, demo }: { ports: Ports; demo: boolean }): Plan[] {
  return [
    ...(demo ? [{ process: 'the demonstration provider', port: ports.demo }] : []),
    { process: 'the controller', port: ports.controller },
    ...instances.flatMap(({ name, n, kind }) => [
      { process: `the proxy of ${name}`, port: ports.proxy(n) },
      ...(kind === 'service' ? [] : [{ process: `the peer ${name}`, port: ports.peer(n) }]),
    ]),
  ]
}

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
    ports: Ports
    console: Console
    env: NodeJS.ProcessEnv
  }) {
    const { options, bundles, instances, ports, console, env } = parts
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
    const compileCache = { NODE_COMPILE_CACHE: join(options.data, 'build', 'cache') }
    const child = (kind: ProcessKind, name = '') =>
      new Child(
        {
          name: name === '' ? kind : `${kind} ${name}`,
          file: file(kind),
          args:
            kind === 'demo'
              ? ['--port', String(ports.demo)]
              : [...(name === '' ? [] : [name]), ...common, '--pages', bundles.pages],
          env: { ...(kind === 'controller' ? env : withoutKeys), ...compileCache },
        },
        console,
      )
    const demo = options.demo ? [child('demo')] : []
    const controller = child('controller')
    const proxies = instances.map(({ name }) => child('proxy', name))
    const peers = instances.map(({ name, kind }) => child(kind === 'service' ? 'service' : 'peer', name))
    this.#ranks = [[...demo, controller], proxies, peers]
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
