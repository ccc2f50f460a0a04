/** What the chaos tests play on: a fleet of persons who answer by hand, fault proxies between them, and the verdict in the end. */
import { expect } from 'vitest'
import * as z from 'zod'
import { portsFrom } from '../../config/ports.ts'
import { ProxyViews, TableView } from '../../shared/protocol/control.ts'
import { FaultProxy } from '../harness/fault-proxy.ts'
import { Fleet } from '../harness/fleet.ts'
import { call } from '../harness/peer-client.ts'
import { inFigures, judge, nothingWrong, together, type Verdict } from './checker.ts'
import { arrived, shownFrom } from './conversation.ts'
import type { Load } from './load.ts'

/** Longest wait until everything arrived once nothing is broken any more, in milliseconds. */
const SETTLED_MS = 90_000

export class Stage implements AsyncDisposable {
  readonly fleet: Fleet
  readonly names: readonly string[]
  readonly #proxies: FaultProxy[] = []

  private constructor(fleet: Fleet, names: readonly string[]) {
    this.fleet = fleet
    this.names = names
  }

  /** Starts a controller, and a proxy and a peer for each of `names`. */
  static async open(...names: string[]): Promise<Stage> {
    const instances = names.map((name, n) => ({ kind: 'person', name, n, mode: 'manual' }))
    const fleet = await Fleet.open({ config: config => ({ ...config, instances }) })
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
    while ((await this.#applied(from)) < wanted) await new Promise(resolve => setTimeout(resolve, 10))
    return proxy
  }

  /** Waits until everything arrived, and judges every load against what its recipient shows. */
  async verdict(...loads: readonly Load[]): Promise<{ verdict: Verdict; messages: number; held: string }> {
    const verdicts = await Promise.all(
      loads.map(async ({ options: { from, to }, history }) => {
        await arrived(from, to, SETTLED_MS)
        const sender = this.names.find(name => this.peer(name) === from)
        if (sender === undefined) throw new Error(`${from} is nobody's peer`)
        return judge(history, await shownFrom(this.peer(to), sender))
      }),
    )
    const verdict = together(verdicts)
    const messages = loads.reduce((sum, { history }) => sum + history.length, 0)
    expect(verdict).toEqual(nothingWrong)
    expect(loads.flatMap(({ history }) => history.filter(({ outcome }) => outcome === 'failed'))).toEqual([])
    return { verdict, messages, held: inFigures(verdict) }
  }

  async #applied(name: string): Promise<number> {
    const views = ProxyViews.parse((await call('GET', `${this.fleet.controller}/api/proxies`)).body)
    return views.find(view => view.name === name)?.version.applied ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]()
    await Promise.all(this.#proxies.map(proxy => proxy[Symbol.asyncDispose]()))
  }
}
