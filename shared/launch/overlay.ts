/** The whole overlay as processes: started in order, stopped in reverse. */
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { findInstance } from '../../config/find-instance.ts'
import type { Instance } from '../../config/instance.ts'
import type { Ports } from '../../config/ports.ts'
import { sameName } from '../protocol/names.ts'
import { PROVIDER_VARIABLES } from '../protocol/route.ts'
import type { Bundles, ProcessKind } from './build.ts'
import { Child } from './child.ts'
import type { Console } from './console.ts'
import type { ProcessStatus } from './control-protocol.ts'
import type { Options } from './options.ts'

/** Time for one rank of processes to stop before they are ended; three ranks fit into five seconds. */
const STOP_MS = 1_400

export type Plan = { readonly process: string; readonly port: number }

/** The ports that the start needs, each with the process that will have it. */
export function planPorts(instances: readonly Instance[], { ports, demo }: { ports: Ports; demo: boolean }): Plan[] {
  return [
    ...(demo ? [{ process: 'the demonstration provider', port: ports.demo }] : []),
    { process: 'the controller', port: ports.controller },
    ...instances.flatMap(instance => instancePorts(instance, ports)),
  ]
}

export const instancePorts = ({ name, n, kind }: Instance, ports: Ports): Plan[] => [
  { process: `the proxy of ${name}`, port: ports.proxy(n) },
  ...(kind === 'service' ? [] : [{ process: `the peer ${name}`, port: ports.peer(n) }]),
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
  readonly ports: Ports
  readonly console: Console
  readonly env: NodeJS.ProcessEnv
}

/** The two processes of one instance. */
type Pair = { readonly name: string; readonly proxy: Child; readonly peer: Child }

export class OverlayProcesses {
  readonly #parts: OverlayParts
  /** What starts first: the demonstration provider and the controller. */
  readonly #first: readonly Child[]
  #pairs: readonly Pair[]
  #stopping = false

  constructor(parts: OverlayParts) {
    this.#parts = parts
    const { options, ports } = parts
    const demo = options.demo ? [this.#child('demo', { address: `127.0.0.1:${ports.demo}` })] : []
    this.#first = [...demo, this.#child('controller', { address: `http://localhost:${ports.controller}` })]
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
    await Promise.all(this.#pairs.flatMap(({ proxy, peer }) => [proxy.start(), peer.start()]))
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
      await Promise.all([pair.proxy.start(), pair.peer.start()])
    } catch (error) {
      await this.remove(instance.name)
      throw error
    }
  }

  /** Stops the processes of an instance. @returns whether there were any */
  async remove(name: string): Promise<boolean> {
    const found = this.#pairs.filter(pair => sameName(pair.name, name))
    for (const { proxy, peer } of found) {
      for (const child of [peer, proxy]) child.expectStop()
      for (const child of [peer, proxy]) await child.stop(STOP_MS)
    }
    this.#pairs = this.#pairs.filter(pair => !found.includes(pair))
    return found.length > 0
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const child of this.#all) child.expectStop()
    const ranks = [this.#pairs.map(({ peer }) => peer), this.#pairs.map(({ proxy }) => proxy), this.#first]
    for (const rank of ranks) await Promise.all(rank.map(child => child.stop(STOP_MS)))
  }

  kill(): void {
    for (const child of this.#all) child.kill()
  }

  get #all(): Child[] {
    return [...this.#first, ...this.#pairs.flatMap(({ proxy, peer }) => [proxy, peer])]
  }

  #pair({ name, n, kind }: Instance): Pair {
    const { ports } = this.#parts
    const proxy = this.#child('proxy', { name, address: `127.0.0.1:${ports.proxy(n)}` })
    const peer =
      kind === 'service'
        ? this.#child('service', { name })
        : this.#child('peer', { name, address: `http://localhost:${ports.peer(n)}` })
    return { name, proxy, peer }
  }

  #child(kind: ProcessKind, { name, address }: { name?: string; address?: string }): Child {
    const { bundles, console } = this.#parts
    const spec = { name: name === undefined ? kind : `${kind} ${name}`, ...(address !== undefined && { address }) }
    const file = join(bundles.processes, `${kind}.mjs`)
    return new Child({ ...spec, file, args: this.#arguments(kind, name), env: this.#environment(kind) }, console)
  }

  #arguments(kind: ProcessKind, name?: string): string[] {
    const { options, bundles, ports } = this.#parts
    if (kind === 'demo') return ['--port', String(ports.demo)]
    return [
      ...(name === undefined ? [] : [name]),
      ...['--config', options.config, '--data', options.data, '--port-base', String(options.portBase)],
      ...(options.demo ? ['--demo'] : []),
      ...(bundles.pages === undefined ? [] : ['--pages', bundles.pages]),
    ]
  }

  /** Keys of the four APIs are the controller's alone. */
  #environment(kind: ProcessKind): NodeJS.ProcessEnv {
    const { env, options } = this.#parts
    const keys = kind === 'controller' ? [] : Object.values(PROVIDER_VARIABLES)
    const known = Object.entries(env).filter(([variable]) => !keys.some(key => key === variable))
    return { ...Object.fromEntries(known), NODE_COMPILE_CACHE: join(options.data, 'build', 'cache') }
  }
}
