/** An overlay's processes in a test's own hands: bundled once, each started, killed and started again when the test says so. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { originOf } from '../../config/address.ts'
import { portsFrom } from '../../config/ports.ts'
import { type Bundles, buildOverlay, type ProcessKind } from '../../shared/launch/build.ts'
import { LOOPBACK } from '../../shared/process/guard.ts'
import { overlayKey } from '../../shared/process/overlay-key.ts'
import { freeBase } from './free-base.ts'
import { type ConfigChange, writeConfig } from './overlay.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const armFailpoints: Plugin = {
  name: 'arm-failpoints',
  setup: build =>
    build.onResolve({ filter: /\/failpoint\.ts$/ }, () => ({ path: join(import.meta.dirname, 'armed-failpoint.ts') })),
}

export type FleetOptions = {
  /** Changes the default configuration. */
  readonly config?: ConfigChange
  readonly data?: string
  readonly base?: number
}

export type StartOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** Crash at the Nth pass of a failpoint: `NAME:N`. */
  readonly failpoint?: string
  /** Put before `node FILE …`, such as `['strace', '-f']`. */
  readonly under?: readonly string[]
}

/** One life of one process. */
export class Life {
  readonly name: string
  readonly #child: ChildProcess
  /** Resolves when it says that it is ready; rejects when it ends before. */
  readonly ready: Promise<void>
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  output = ''

  constructor(name: string, child: ChildProcess, logFile: string) {
    this.name = name
    this.#child = child
    const log = createWriteStream(logFile, { flags: 'a' })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-100_000)
        log.write(text)
      })
    this.exited = new Promise(resolve =>
      child.once('close', (code, signal) => {
        log.end()
        resolve({ code, signal })
      }),
    )
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: { kind?: string }) => message.kind === 'ready' && resolve())
      void this.exited.then(how =>
        reject(new Error(`${name} ended before it was ready: ${JSON.stringify(how)}\n${this.output}`)),
      )
    })
    this.ready.catch(() => undefined)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** SIGKILL: resolves once it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.exited
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

export class Fleet implements AsyncDisposable {
  readonly data: string
  readonly base: number
  readonly #bundles: Bundles
  readonly config: string
  readonly #ownsData: boolean
  readonly #lives = new Map<string, Life>()
  #closed = false

  private constructor(parts: { data: string; base: number; bundles: Bundles; config: string; ownsData: boolean }) {
    this.data = parts.data
    this.base = parts.base
    this.#bundles = parts.bundles
    this.config = parts.config
    this.#ownsData = parts.ownsData
  }

  /** Bundles the processes, failpoints armed, and makes an empty data folder. Starts nothing. */
  static async open({ config = same => same, data, base }: FleetOptions = {}): Promise<Fleet> {
    const folder = data ?? mkdtempSync(join(tmpdir(), 'overlay-fleet-'))
    const bundles = await buildOverlay(ROOT, join(folder, 'build'), { plugins: [armFailpoints] })
    overlayKey(folder)
    return new Fleet({
      data: folder,
      base: base ?? (await freeBase()),
      bundles,
      config: writeConfig(folder, config),
      ownsData: data === undefined,
    })
  }

  /** Starts a process such as `('proxy', 'alice')` without waiting for it. One of the same name that runs is an error. */
  launch(kind: ProcessKind, name = '', { env = {}, failpoint, under = [] }: StartOptions = {}): Life {
    const title = name === '' ? kind : `${kind} ${name}`
    if (this.#closed) throw new Error(`${title} cannot start: its fleet is gone`)
    if (this.#lives.get(title)?.isAlive) throw new Error(`${title} runs already`)
    const args = [
      join(this.#bundles.processes, `${kind}.mjs`),
      ...(kind === 'demo'
        ? ['--port', String(portsFrom(this.base).demo)]
        : [
            ...(name === '' ? [] : [name]),
            ...['--config', this.config, '--data', this.data, '--port-base', String(this.base)],
            ...['--pages', this.#bundles.pages ?? ''],
          ]),
    ]
    const [command = process.execPath, ...rest] = [...under, process.execPath, ...args]
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NODE_COMPILE_CACHE: join(this.data, 'build', 'cache'),
        ...(failpoint !== undefined && { OVERLAY_FAILPOINT: failpoint }),
        ...env,
      },
    })
    const life = new Life(title, child, join(this.data, `${title.replaceAll(' ', '-')}.log`))
    this.#lives.set(title, life)
    return life
  }

  /** Starts a process and waits until it is ready. */
  async start(kind: ProcessKind, name = '', options: StartOptions = {}): Promise<Life> {
    const life = this.launch(kind, name, options)
    await life.ready
    return life
  }

  /** The controller, then the proxy and the peer of each name. */
  async startAll(...names: string[]): Promise<void> {
    await this.start('controller')
    await Promise.all(names.flatMap(name => [this.start('proxy', name), this.start('peer', name)]))
  }

  /** The process of that name that was started last. */
  life(title: string): Life {
    const life = this.#lives.get(title)
    if (life === undefined) throw new Error(`${title} was never started`)
    return life
  }

  peer(n: number): string {
    return originOf({ host: LOOPBACK, port: portsFrom(this.base).peer(n) })
  }

  proxy(n: number): string {
    return originOf({ host: LOOPBACK, port: portsFrom(this.base).proxy(n) })
  }

  get controller(): string {
    return originOf({ host: LOOPBACK, port: portsFrom(this.base).controller })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#lives.values()].filter(({ isAlive }) => isAlive).map(life => life.kill()))
    if (this.#ownsData) rmSync(this.data, { recursive: true, force: true })
  }
}
