/**
 * What is attacked: a whole overlay as its user starts it, watched in every process. alice and bob are whom all of it must go
 * on serving; carol is a neighbour whose table and conversations the attacks may take apart; mallory and the AIs H1 to H4 are ours.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LauncherFile, OverlayStatus } from '../../shared/launch/control-protocol.ts'
import { API_KINDS } from '../../shared/protocol/route.ts'
import { Overlay, type OverlayOptions, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'
import { HostileMember } from './hostile-member.ts'
import { HostileUpstream } from './hostile-upstream.ts'
import { addRoutes, OURS, type Owner } from './tables.ts'
import { type Condition, memoryOf, Watch } from './watch.ts'

/** Each with the number of its ports. */
export const PEOPLE = { alice: 0, bob: 1, carol: 2, thermometer1: 4 } as const
export type PersonName = 'alice' | 'bob' | 'carol'

export class Ground implements AsyncDisposable {
  readonly overlay: Overlay
  readonly watch: Watch
  readonly member: HostileMember
  readonly upstream: HostileUpstream
  readonly launcher: LauncherFile
  /** What the overlay's processes show the controller. */
  readonly key: string
  /** Process ids at the start, by the name of the process. */
  readonly pids: ReadonlyMap<string, number>

  private constructor(parts: Pick<Ground, 'overlay' | 'watch' | 'member' | 'upstream'>) {
    this.overlay = parts.overlay
    this.watch = parts.watch
    this.member = parts.member
    this.upstream = parts.upstream
    this.launcher = LauncherFile.parse(JSON.parse(readFileSync(join(this.overlay.data, 'launcher.json'), 'utf8')))
    this.key = readFileSync(join(this.overlay.data, 'overlay.key'), 'utf8').trim()
    this.pids = new Map([...this.overlay.processes(), ['launcher', this.launcher.pid]])
  }

  static async open(seed: number, { args = [], env = {} }: Pick<OverlayOptions, 'args' | 'env'> = {}): Promise<Ground> {
    const watch = new Watch()
    const [member, upstream] = await Promise.all([HostileMember.open(seed), HostileUpstream.open(seed)])
    const data = temporaryFolder()
    const config = writeConfig(data, given => ({
      ...given,
      instances: [
        ...(['alice', 'bob', 'carol'] as const).map(name => ({
          kind: 'person',
          name,
          n: PEOPLE[name],
          mode: 'manual',
        })),
        { kind: 'service', name: 'thermometer1', n: PEOPLE.thermometer1, service: 'thermometer' },
      ],
    }))
    const overlay = await Overlay.start({
      args: ['--demo', '--config', config, ...args],
      env: { ...watch.env, ...env },
      data,
    })
    const ground = new Ground({ overlay, watch, member, upstream })
    for (const name of ['alice', 'bob', 'carol'] as const) await ground.#leadAstray(name)
    return ground
  }

  /** Puts our member and our AIs into somebody's table. */
  async #leadAstray(name: PersonName): Promise<void> {
    const ais = API_KINDS.map((kind, index) => [
      `H${index + 1}`,
      {
        kind,
        baseUrl: this.upstream.baseUrl(kind),
        model: 'm',
        timeoutMs: 2_000,
        limits: { parallel: 16, waiting: 200 },
        ...OURS,
      },
    ])
    const mallory = { kind: 'peer', host: '127.0.0.1', port: this.member.port }
    await addRoutes(this.owner(name), { mallory, ...Object.fromEntries(ais) })
  }

  owner(name: PersonName): Owner {
    return { controller: this.overlay.controller, peer: this.peer(name), name }
  }

  peer(name: PersonName): string {
    return this.overlay.peer(PEOPLE[name])
  }

  proxy(name: keyof typeof PEOPLE): string {
    return this.overlay.proxy(PEOPLE[name])
  }

  /** Memory now, in MB, by the name of the process. */
  memory(): Map<string, number> {
    return new Map([...this.pids].map(([name, pid]) => [name, memoryOf(pid)]))
  }

  /** Starts that the launcher had to repeat, and processes that are not ready, in words. */
  async restarts(): Promise<string[]> {
    const { url, token } = this.launcher
    const { body } = await call('GET', `${url}/api/status`, undefined, { authorization: `Bearer ${token}` })
    return OverlayStatus.parse(body)
      .processes.filter(({ restarts, state }) => restarts > 0 || state !== 'ready')
      .map(({ name, restarts, state, detail }) => `${name}: ${state}, ${restarts} restarts, ${detail ?? ''}`)
  }

  /** By the name of the process. */
  async conditions(): Promise<Map<string, Condition>> {
    const asked = [...this.pids].map(async ([name, pid]) => [name, await this.watch.condition(pid)] as const)
    return new Map(await Promise.all(asked))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.overlay[Symbol.asyncDispose]()
    await this.member[Symbol.asyncDispose]()
    await this.upstream[Symbol.asyncDispose]()
    this.watch[Symbol.dispose]()
  }
}
