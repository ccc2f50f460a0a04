/**
 * How soon a change reaches proxies when the controller has thousands of them: the real controller process, simulated
 * proxies, one dashboard. Alone: `npx tsx test/bench/controller-load.ts [PROXIES]`.
 */
import { get } from 'node:http'
import { portsFrom } from '../../config/ports.ts'
import { renderTable } from '../../shared/launch/console.ts'
import { overlayKey } from '../../shared/process/overlay-key.ts'
import { Fleet, type StartOptions } from '../harness/fleet.ts'
import { SimulatedProxies, simulatedName } from './simulated-proxies.ts'

const SINGLE_CHANGES = 20
/** Changes for all, of each kind. */
const ROUNDS = 3

/** All in milliseconds. */
export type ControllerLoad = {
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

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const last = (values: readonly number[]): number => values.at(-1) ?? 0

/** @param start how the controller is started, such as under a profiler */
export async function measureControllerLoad(count = 5_000, start: StartOptions = {}): Promise<ControllerLoad> {
  await using fleet = await Fleet.open()
  const controller = await fleet.start('controller', '', start)
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

export function renderControllerLoad(load: ControllerLoad): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  return renderTable([
    [`CONTROLLER WITH ${load.proxies} PROXIES`, 'FIGURE', 'AIM'],
    ['all of them connect for the first time', seconds(load.connectMs), ''],
    [`a change of one table reaches its proxy, median of ${SINGLE_CHANGES}`, seconds(load.oneMedianMs), '0.2 s'],
    ['  the slowest of them', seconds(load.oneWorstMs), ''],
    [`a credential that all use reaches all, median of ${ROUNDS}`, seconds(load.credentialMs), '3 s'],
    [`a peer moves: all tables change and reach all, median of ${ROUNDS}`, seconds(load.movedMs), '3 s'],
    ['calls that failed', String(load.failures), '0'],
  ])
}

if (import.meta.filename === process.argv[1])
  process.stdout.write(`${renderControllerLoad(await measureControllerLoad(Number(process.argv[2] ?? 5_000)))}\n`)
