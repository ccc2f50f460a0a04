/** A whole overlay for a test: `startup.ts` as a real process, on free ports, with data of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeBase } from './free-base.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export type OverlayOptions = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly base?: number
  readonly data?: string
  /** The folder of the program, where it is another checkout than this one. */
  readonly root?: string
}

export class Overlay implements AsyncDisposable {
  readonly base: number
  readonly data: string
  readonly #child: ChildProcess
  readonly #ownsData: boolean
  readonly exited: Promise<number | null>
  output = ''
  #listeners = new Set<() => void>()

  private constructor(child: ChildProcess, place: { base: number; data: string; ownsData: boolean }) {
    this.#child = child
    this.base = place.base
    this.data = place.data
    this.#ownsData = place.ownsData
    this.exited = new Promise(resolve =>
      child.once('close', code => {
        resolve(code)
        this.#heard('')
      }),
    )
    child.stdout?.setEncoding('utf8').on('data', text => this.#heard(text))
    child.stderr?.setEncoding('utf8').on('data', text => this.#heard(text))
  }

  /** Starts an overlay without waiting for it: for tests of starts that fail. */
  static async launch({ args = [], env = {}, base, data, root = ROOT }: OverlayOptions = {}): Promise<Overlay> {
    const place = { base: base ?? (await freeBase()), data: data ?? temporaryFolder(), ownsData: data === undefined }
    const flags = ['--port-base', String(place.base), '--data', place.data, ...args]
    const child = spawn(process.execPath, ['--import', 'tsx', 'startup.ts', ...flags], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new Overlay(child, place)
  }

  /** Starts an overlay and waits until everything is ready. */
  static async start(options: OverlayOptions = {}): Promise<Overlay> {
    const overlay = await Overlay.launch(options)
    await overlay.printed(/everything is ready/)
    return overlay
  }

  /** Resolves once the output matches; rejects when the overlay ended before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output)
      if (match !== null) return match
      if (this.#child.exitCode !== null)
        throw new Error(`the overlay ended before it printed ${pattern}:\n${this.output}`)
      await new Promise<void>(resolve => this.#listeners.add(resolve))
    }
  }

  get launcherPid(): number {
    return this.#child.pid ?? 0
  }

  peer(n: number): string {
    return `http://127.0.0.1:${this.base + n}`
  }

  get controller(): string {
    return `http://127.0.0.1:${this.base + 3000}`
  }

  proxy(n: number): string {
    return `http://127.0.0.1:${this.base + 5000 + n}`
  }

  /** The process ids of this overlay's processes, by a name such as `proxy alice`. */
  processes(): Map<string, number> {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
    const found = lines.flatMap(line => {
      const match = /^\s*(\d+) .*\/processes\/(\w+)\.mjs (?:(\w+) )?.*--data (\S+)/.exec(line)
      if (match === null || match[4] !== this.data) return []
      return [[[match[2], match[3]].filter(Boolean).join(' '), Number(match[1])] as const]
    })
    return new Map(found)
  }

  /** Kills a process outright, as a crash would. */
  kill(name: string): void {
    process.kill(this.#pidOf(name), 'SIGKILL')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** A process's log file. */
  log(name: string): string {
    return readFileSync(join(this.data, 'logs', `${name.replaceAll(' ', '-')}.log`), 'utf8')
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop()
    if (this.#ownsData) rmSync(this.data, { recursive: true, force: true })
  }

  #pidOf(name: string): number {
    const pid = this.processes().get(name)
    if (pid === undefined) throw new Error(`no process "${name}" among ${[...this.processes().keys()].join(', ')}`)
    return pid
  }

  #heard(text: string): void {
    this.output += text
    const listeners = this.#listeners
    this.#listeners = new Set()
    for (const listener of listeners) listener()
  }
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'overlay-test-'))

/** Makes another configuration from the default one. */
export type ConfigChange = (config: Record<string, unknown>) => Record<string, unknown>

/** The default configuration with these persons and nobody else, answering by hand, in the order of their ports. */
export const persons =
  (...names: string[]): ConfigChange =>
  config => ({ ...config, instances: names.map((name, n) => ({ kind: 'person', name, n, mode: 'manual' })) })

/** Writes a configuration made from the default one. */
export function writeConfig(folder: string, change: ConfigChange): string {
  const file = join(folder, 'overlay.json')
  const standard: Record<string, unknown> = JSON.parse(readFileSync(join(ROOT, 'config', 'overlay.json'), 'utf8'))
  writeFileSync(file, JSON.stringify(change(standard)))
  return file
}
