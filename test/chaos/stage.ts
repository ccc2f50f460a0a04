/** What the chaos tests play on: a fleet of persons who answer by hand, fault proxies between them, and the verdict in the end. */
import { expect, vi } from 'vitest'
import * as z from 'zod'
import { portsFrom } from '../../config/ports.ts'
import { TableView } from '../../shared/protocol/control.ts'
import { FaultProxy } from '../harness/fault-proxy.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'
import { Load, type LoadOptions } from './load.ts'
import { verdictOn } from './verdict.ts'
import { tableVersion } from './waiting.ts'

export class Stage implements AsyncDisposable {
  readonly fleet: Fleet
  readonly names: readonly string[]
  readonly #proxies: FaultProxy[] = []
  readonly #loads: Load[] = []

  private constructor(fleet: Fleet, names: readonly string[]) {
    this.fleet = fleet
    this.names = names
  }

  /** Starts a controller, and a proxy and a peer for each of `names`; who is `absent` is only in the tables. */
  static async open(names: readonly string[], { absent = [] }: { absent?: readonly string[] } = {}): Promise<Stage> {
    const fleet = await Fleet.open({ config: persons(...names, ...absent) })
    const stage = new Stage(fleet, names)
    try {
      await fleet.startAll(...names)
      return stage
    } catch (error) {
      await stage[Symbol.asyncDispose]()
      throw error
    }
  }

  peer(name: string): string {
    return this.fleet.peer(this.names.indexOf(name))
  }

  proxy(name: string): string {
    return this.fleet.proxy(this.names.indexOf(name))
  }

  /** Puts a fault proxy into the way from one proxy to another, and waits until the sender's applied that table. */
  async between(from: string, to: string): Promise<FaultProxy> {
    const proxy = await FaultProxy.open(portsFrom(this.fleet.base).proxy(this.names.indexOf(to)))
    this.#proxies.push(proxy)
    const url = `${this.fleet.controller}/api/proxies/${from}/endpoints`
    const { version, endpoints } = TableView.parse((await call('GET', url)).body)
    const route = { kind: 'peer', host: '127.0.0.1', port: proxy.port }
    const saved = await call('PUT', url, { endpoints: { ...endpoints, [to]: route } }, { 'if-match': `"${version}"` })
    expect(saved.status).toBe(200)
    const wanted = z.object({ version: z.int() }).parse(saved.body).version
    const applied = async () => (await tableVersion(this.fleet.controller, from))?.applied
    await vi.waitFor(async () => expect(await applied()).toBe(wanted), { timeout: 30_000, interval: 10 })
    return proxy
  }

  /** Begins to send from one person to another; {@link verdict} judges it. */
  load(from: string, to: string, options: Partial<LoadOptions> & { messages?: number } = {}): Load {
    // Two loads never share a text.
    const name = `${from}${this.#loads.length}.`
    const load = new Load({ name, ...options, from, to, url: this.peer(from) })
    this.#loads.push(load)
    return load.start(options.messages)
  }

  /**
   * Once every load has ended and nothing is broken any more: waits until everything arrived, and judges all that was ever sent
   * on this stage by what the recipients show.
   * @returns the figures for a report
   */
  verdict(): Promise<string> {
    return verdictOn(this.#loads, name => this.peer(name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]()
    await Promise.all(this.#proxies.map(proxy => proxy[Symbol.asyncDispose]()))
  }
}
