/** The whole overlay as processes: started in order, stopped in reverse. */
import { join } from 'node:path'
import { addressText, linkTo } from '../../config/address.ts'
import type { Addresses } from '../../config/addresses.ts'
import type { Config } from '../../config/config.ts'
import { findInstance } from '../../config/find-instance.ts'
import type { Instance } from '../../config/instance.ts'
import type { ListeningPlace } from '../process/listen-problem.ts'
import { sameName } from '../protocol/names.ts'
import { PROVIDER_VARIABLES } from '../protocol/route.ts'
import type { Bundles, ProcessKind } from './build.ts'
import { Child } from './child.ts'
import type { Console } from './console.ts'
import type { ProcessStatus } from './control-protocol.ts'
import type { Options } from './options.ts'

/** Time for one rank of processes to stop before they are ended; three ranks fit into five seconds. */
const STOP_MS = 1_400

/** What can be started apart from the others; the demonstration provider belongs to the controller. */
export type Kind = 'controller' | 'proxy' | 'peer'
const wants = (only: Kind | undefined, kind: Kind): boolean => only === undefined || only === kind

type Planned = { readonly addresses: Addresses; readonly only?: Kind }

/** The addresses that the start needs, each with the process that will have it. */
export const planPorts = (
  instances: readonly Instance[],
  { addresses, only, demo }: Planned & { readonly demo: boolean },
): ListeningPlace[] => [
  ...(demo && wants(only, 'controller') ? [{ process: 'the demonstration provider', ...addresses.demo }] : []),
  ...(wants(only, 'controller') ? [{ process: 'the controller', ...addresses.controller }] : []),
  ...instances.flatMap(instance => instancePorts(instance, { addresses, ...(only !== undefined && { only }) })),
]

export const instancePorts = (instance: Instance, { addresses, only }: Planned): ListeningPlace[] => [
  ...(wants(only, 'proxy') ? [{ process: `the proxy of ${instance.name}`, ...addresses.proxy(instance) }] : []),
  ...(wants(only, 'peer') && instance.kind !== 'service'
    ? [{ process: `the peer ${instance.name}`, ...addresses.peer(instance) }]
    : []),
]

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

type OverlayParts = {
  readonly options: Options
  readonly bundles: Bundles
  readonly instances: readonly Instance[]
  readonly addresses: Addresses
  readonly console: Console
  readonly env: NodeJS.ProcessEnv
  /** One kind of process alone; all where it is missing. */
  readonly only?: Kind
}

/** The processes of one instance: the two, or one that was started apart. */
type Pair = { readonly name: string; readonly proxies: readonly Child[]; readonly peers: readonly Child[] }

const childrenOf = ({ proxies, peers }: Pair): Child[] => [...proxies, ...peers]

export class OverlayProcesses {
  readonly #parts: OverlayParts
  /** What starts first: the demonstration provider and the controller. */
  readonly #first: readonly Child[]
  #pairs: readonly Pair[]
  #stopping = false

  constructor(parts: OverlayParts) {
    this.#parts = parts
    const { options, addresses, only } = parts
    const demo = () => (options.demo ? [this.#child('demo', { address: addressText(addresses.demo) })] : [])
    const controller = () => this.#child('controller', { address: linkTo(addresses.controller) })
    this.#first = wants(only, 'controller') ? [...demo(), controller()] : []
    this.#pairs = parts.instances.map(instance => this.#pair(instance))
  }

  /** Each process, those of one instance side by side. */
  get status(): ProcessStatus[] {
    return this.#all.map(child => child.status)
  }

  /** @throws {StartError} when a process refuses to start */
  async start(): Promise<void> {
    if (this.#stopping) return
    await Promise.all(this.#first.map(child => child.start()))
    if (this.#stopping) return
    await Promise.all(this.#pairs.flatMap(childrenOf).map(child => child.start()))
  }

  /**
   * Starts the processes of one more instance, unless everything is being stopped.
   * @throws {StartError} when one refuses to start; the other is stopped then
   */
  async add(instance: Instance): Promise<void> {
    if (this.#stopping) return
    const pair = this.#pair(instance)
    this.#pairs = [...this.#pairs, pair]
    try {
      await Promise.all(childrenOf(pair).map(child => child.start()))
    } catch (error) {
      await this.remove(instance.name)
      throw error
    }
  }

  /** Stops the processes of an instance. @returns whether there were any */
  async remove(name: string): Promise<boolean> {
    const found = this.#pairs.filter(pair => sameName(pair.name, name))
    for (const { proxies, peers } of found) {
      for (const child of [...peers, ...proxies]) child.expectStop()
      for (const child of [...peers, ...proxies]) await child.stop(STOP_MS)
    }
    this.#pairs = this.#pairs.filter(pair => !found.includes(pair))
    return found.length > 0
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const child of this.#all) child.expectStop()
    const ranks = [
      this.#pairs.flatMap(({ peers }) => peers),
      this.#pairs.flatMap(({ proxies }) => proxies),
      this.#first,
    ]
    for (const rank of ranks) await Promise.all(rank.map(child => child.stop(STOP_MS)))
  }

  kill(): void {
    for (const child of this.#all) child.kill()
  }

  get #all(): Child[] {
    return [...this.#first, ...this.#pairs.flatMap(childrenOf)]
  }

  #pair(instance: Instance): Pair {
    const { addresses, only } = this.#parts
    const { name, kind } = instance
    const proxy = () => this.#child('proxy', { name, address: addressText(addresses.proxy(instance)) })
    const peer = () =>
      kind === 'service'
        ? this.#child('service', { name })
        : this.#child('peer', { name, address: linkTo(addresses.peer(instance)) })
    return { name, proxies: wants(only, 'proxy') ? [proxy()] : [], peers: wants(only, 'peer') ? [peer()] : [] }
  }

  #child(kind: ProcessKind, { name, address }: { name?: string; address?: string }): Child {
    const { bundles, console } = this.#parts
    const spec = { name: name === undefined ? kind : `${kind} ${name}`, ...(address !== undefined && { address }) }
    const file = join(bundles.processes, `${kind}.mjs`)
    return new Child({ ...spec, file, args: this.#arguments(kind, name), env: this.#environment(kind) }, console)
  }

  #arguments(kind: ProcessKind, name?: string): string[] {
    const { options, bundles, addresses } = this.#parts
    if (kind === 'demo') return ['--port', String(addresses.demo.port)]
    return [
      ...(name === undefined ? [] : [name]),
      ...['--config', options.config, '--data', options.data, '--port-base', String(options.portBase)],
      ...(options.demo ? ['--demo'] : []),
      ...(bundles.pages === undefined ? [] : ['--pages', bundles.pages]),
    ]
  }

  /** Keys of the four APIs are the controller's alone. */
  #environment(kind: ProcessKind): NodeJS.ProcessEnv {
    const { env, bundles } = this.#parts
    const keys = kind === 'controller' ? [] : Object.values(PROVIDER_VARIABLES)
    const known = Object.entries(env).filter(([variable]) => !keys.some(key => key === variable))
    return { ...Object.fromEntries(known), NODE_COMPILE_CACHE: join(bundles.processes, '..', 'cache') }
  }
}
