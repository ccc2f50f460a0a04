/**
 * How soon a change reaches proxies when the controller has thousands of them: the real controller process, simulated
 * proxies, one dashboard.
 */
import { get } from 'node:http'
import { portsFrom } from '../../config/ports.ts'
import { overlayKey } from '../../shared/process/overlay-key.ts'
import { Fleet } from '../harness/fleet.ts'
import { median } from '../harness/quantile.ts'
import type { Figure, Scenario } from './figure.ts'
import { SimulatedProxies, simulatedName } from './simulated-proxies.ts'

const SINGLE_CHANGES = 20
/** Changes for all, of each kind. */
const ROUNDS = 3

/** All in milliseconds. */
type ControllerLoad = {
  readonly proxies: number
  /** From the first registration until every proxy has its table. */
  readonly connectMs: number
  /** A change of one table, from the PUT to its arrival at its proxy. */
  readonly oneMedianMs: number
  readonly oneWorstMs: number
  /** A credential that all use is replaced: until the last proxy has it. */
  readonly credentialMs: number
  /** A peer moves, so that every table changes: until the last proxy has its new table. */
  readonly movedMs: number
  readonly failures: number
}

const last = (values: readonly number[]): number => values.at(-1) ?? 0

async function measureControllerLoad(count = 5_000): Promise<ControllerLoad> {
  await using fleet = await Fleet.open()
  const controller = await fleet.start('controller')
  using proxies = new SimulatedProxies(fleet.controller, overlayKey(fleet.data))
  const dashboard = get(`${fleet.controller}/api/events`, reply => reply.on('error', () => {}).resume())
  dashboard.on('error', () => {})

  const began = performance.now()
  await proxies.connect(count)
  const connectMs = performance.now() - began

  const single: number[] = []
  for (let n = 0; n < SINGLE_CHANGES; n += 1) {
    const proxy = Math.floor((n * count) / SINGLE_CHANGES)
    const arrived = proxies.allPushed(1, push => push.proxy === proxy && push.kind === 'table')
    const endpoints = { bob: { kind: 'peer', host: '127.0.0.1', port: 20_000 + n } }
    await proxies.call(`/api/proxies/${simulatedName(proxy)}/endpoints`, { endpoints }, 'PUT', { 'if-match': '*' })
    single.push(last(await arrived))
    await proxies.call(`/api/proxies/${simulatedName(proxy)}/endpoints/rollback`, { version: 1 })
  }

  const alice = { name: 'alice', host: '127.0.0.1' }
  await proxies.call('/api/register', { ...alice, port: portsFrom(fleet.base).proxy(1) })
  const [credential, moved]: [number[], number[]] = [[], []]
  for (let round = 1; round <= ROUNDS; round += 1) {
    const value = `sk-of-the-bench-000${round}`
    const told = proxies.allPushed(count, ({ kind }) => kind === 'credentials')
    await proxies.call('/api/credentials/openai', { provider: 'openai', value }, 'PUT')
    credential.push(last(await told))
    const pushed = proxies.allPushed(count, ({ kind }) => kind === 'table')
    await proxies.call('/api/register', { ...alice, port: round })
    moved.push(last(await pushed))
  }

  dashboard.destroy()
  const { failures } = proxies
  proxies[Symbol.dispose]()
  await controller.stop()
  return {
    proxies: count,
    connectMs,
    oneMedianMs: median(single),
    oneWorstMs: Math.max(...single),
    credentialMs: median(credential),
    movedMs: median(moved),
    failures,
  }
}

export const controllerLoad: Scenario = {
  name: 'controller',
  about: 'a change of one table, and of all, with 5,000 proxies connected',
  runs: 1,
  run: async () => {
    const load = await measureControllerLoad()
    if (load.failures > 0) throw new Error(`${load.failures} calls of simulated proxies failed`)
    const seconds = (name: string, ms: number, aim?: Figure['aim']): Figure => ({
      name: `controller with ${load.proxies} proxies: ${name}`,
      measured: ms / 1000,
      unit: 's',
      ...(aim && { aim }),
    })
    return [
      seconds('all connect for the first time', load.connectMs),
      seconds(`one table changes, median of ${SINGLE_CHANGES}`, load.oneMedianMs, { atMost: 0.2 }),
      seconds('one table changes, the slowest', load.oneWorstMs),
      seconds(`a credential that all use, median of ${ROUNDS}`, load.credentialMs, { atMost: 3 }),
      seconds(`a peer moves and all tables change, median of ${ROUNDS}`, load.movedMs, { atMost: 3 }),
    ]
  },
}
