/** One name of the overlay: its proxy and its peer as they ship, each with a disk that outlives it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { assemblePeer } from '../../peer/core.ts'
import { migrations as ofPeer } from '../../peer/migrations.ts'
import { ProxyLink } from '../../peer/proxy-link.ts'
import { assembleProxy } from '../../proxy/core.ts'
import { migrations as ofProxy } from '../../proxy/migrations.ts'
import { silentLog } from '../../shared/process/log.ts'
import type { ProxyEvent } from '../../shared/protocol/local.ts'
import { peersNamed, portOf } from '../harness/memory-proxy.ts'
import { type MemoryNetwork, untilEnded } from '../harness/memory-transport.ts'
import { Life } from './life.ts'
import { MemoryClient } from './memory-client.ts'

const log = silentLog()
/** How long messages live here: an afternoon of a test is shorter than a week. */
export const LIFETIME_MS = 600_000
const FOR_EVER_MS = 2 ** 31 - 1

export type Surroundings = {
  readonly name: string
  readonly others: readonly string[]
  readonly folder: string
  readonly network: MemoryNetwork
  readonly random: () => number
  /** Called whenever something goes on. */
  readonly happens: () => void
  /** Called with the id of each message, sent or arrived, that the page is shown as new. */
  readonly shown: (id: string) => void
  /** Called for each event that a peer hears of its proxy. */
  readonly heard: (event: ProxyEvent) => void
}

export type RunningProxy = Awaited<ReturnType<typeof startProxy>>
export type RunningPeer = ReturnType<typeof startPeer>

async function startProxy({ name, others, folder, network, random, happens }: Surroundings) {
  const path = join(folder, `${name}-proxy.db`)
  const isNew = !existsSync(path)
  const life = new Life({ path, migrations: ofProxy }, happens)
  const { store, stopping: signal, ended, started } = life
  const core = await assembleProxy({
    settings: {
      name,
      kind: 'person',
      known: [],
      dashboard: 'http://localhost:8000',
      lifetimeMs: LIFETIME_MS,
      prices: {},
    },
    store,
    transport: route => network.transport(route),
    caller: { ask: () => unasked(), close: async () => {} },
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random,
    log,
    signal,
    started,
  })
  if (isNew) await core.routing.apply({ version: 1, endpoints: peersNamed(...others) })
  const { app } = core.api
  network.listen(portOf(name), {
    request: (...call) => untilEnded([ended], FOR_EVER_MS, async () => app.request(...call)),
  })
  ended.addEventListener('abort', () => network.leave(portOf(name)))
  await core.begin()
  return { ...core, life, app }
}

async function* unasked() {
  yield { kind: 'end' as const, ending: 'stop' as const }
}

function startPeer(
  { name, folder, random, happens, shown, heard }: Surroundings,
  proxy: () => { app: RunningProxy['app']; ended: AbortSignal } | undefined,
) {
  const life = new Life({ path: join(folder, `${name}-peer.db`), migrations: ofPeer }, happens)
  const { store, stopping: signal, started } = life
  const client = started.add(new MemoryClient(proxy, happens))
  const core = assemblePeer({
    settings: {
      owner: { name, displayName: name, mode: 'manual', fixed: false },
      dashboard: 'http://localhost:8000',
      cannedReplies: [],
      assistant: undefined,
      personalities: {},
      limits: { turns: 20, tokens: 12_000, charactersPerToken: 4 },
    },
    store,
    link: owner => new ProxyLink({ proxy: 'http://own-proxy', client, log, random, owner }),
    now: () => new Date(),
    random,
    log,
    signal,
  })
  const { arrivals, desk } = core
  const handle = arrivals.handle.bind(arrivals)
  arrivals.handle = event => {
    heard(event)
    handle(event)
  }
  const show = desk.show.bind(desk)
  desk.show = id => {
    shown(id)
    show(id)
  }
  started.addWork(core.link.run(signal))
  return { ...core, life }
}

export class Instance {
  readonly name: string
  readonly #surroundings: Surroundings
  #proxy: RunningProxy | undefined
  #peer: RunningPeer | undefined

  constructor(surroundings: Surroundings) {
    this.name = surroundings.name
    this.#surroundings = surroundings
  }

  get proxy(): RunningProxy | undefined {
    return this.#proxy
  }

  get peer(): RunningPeer | undefined {
    return this.#peer
  }

  async start(part: 'proxy' | 'peer'): Promise<void> {
    if (part === 'proxy') this.#proxy ??= await startProxy(this.#surroundings)
    else
      this.#peer ??= startPeer(this.#surroundings, () =>
        this.#proxy === undefined ? undefined : { app: this.#proxy.app, ended: this.#proxy.life.ended },
      )
  }

  crash(part: 'proxy' | 'peer'): void {
    this.#gone(part)?.crash()
  }

  async stop(part: 'proxy' | 'peer'): Promise<void> {
    await this.#gone(part)?.stop()
  }

  #gone(part: 'proxy' | 'peer'): Life | undefined {
    const life = part === 'proxy' ? this.#proxy?.life : this.#peer?.life
    if (part === 'proxy') this.#proxy = undefined
    else this.#peer = undefined
    return life
  }
}
