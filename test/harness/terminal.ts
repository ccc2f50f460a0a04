/**
 * The terminal client under a real pseudo-terminal: `script` of util-linux gives it one, and a terminal emulator without a
 * window reads what it writes, so that a test sees what a person would.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

/** Not the account's own: what a pipe printed is kept there between runs. */
const STATE = mkdtempSync(join(tmpdir(), 'overlay-terminal-state-'))
process.once('exit', () => rmSync(STATE, { recursive: true, force: true }))

export const KEYS = {
  enter: '\r',
  tab: '\t',
  up: '\x1b[A',
  left: '\x1b[D',
  home: '\x1b[H',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlZ: '\x1a',
} as const

/** Less than a test may take, so that a wait in vain says what the screen shows. */
const PATIENCE_MS = 45_000

export type TerminalOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

/** The command line that talks as NAME with an overlay whose ports begin at `base`. */
export const clientCommand = (name: string, base: number, args: readonly string[] = []): string[] => [
  ...[process.execPath, '--import', 'tsx', join(ROOT, 'peer', 'terminal.ts'), name],
  // Whoever was added in the folder of the program is no matter of a test.
  ...['--port-base', String(base), '--data', join(tmpdir(), 'overlay-test-no-data'), ...args],
]

export class PseudoTerminal implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #screen: InstanceType<typeof xterm.Terminal>
  readonly #waiting = new Set<() => void>()
  readonly exited: Promise<number | null>
  /** Everything the client wrote, with all that steers the terminal. */
  raw = ''

  private constructor(child: ChildProcess, size: { cols: number; rows: number }) {
    this.#child = child
    this.#screen = new xterm.Terminal({ ...size, scrollback: 5_000, allowProposedApi: true })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text
      this.#screen.write(text, () => this.#ring())
    })
    this.exited = new Promise(resolve => child.once('close', code => this.#screen.write('', () => resolve(code))))
    void this.exited.then(() => this.#ring())
  }

  /** @throws when this machine has no `script` */
  static open(command: readonly string[], { columns = 80, rows = 24, env = {} }: TerminalOptions = {}): PseudoTerminal {
    if (spawnSync('script', ['--version']).error !== undefined)
      throw new Error(
        'Cannot test the terminal client: no program "script" found. Install util-linux (Debian: apt-get install bsdutils).',
      )
    const quoted = command.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const child = spawn('script', ['-qfec', `stty cols ${columns} rows ${rows}; exec ${quoted}`, '/dev/null'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const terminal = new PseudoTerminal(child, { cols: columns, rows })
    // A test that waits in vain does not come to its end.
    onTestFinished(() => terminal[Symbol.asyncDispose]())
    return terminal
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  /** Every row, those that scrolled away too, without spaces at its end and without empty ones at the end. */
  get rows(): string[] {
    const buffer = this.#screen.buffer.active
    return trimmed(Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString() ?? ''))
  }

  /** The lines as they were written: those that the terminal wrapped are of one piece again. */
  get lines(): string[] {
    const buffer = this.#screen.buffer.active
    const found: string[] = []
    for (let y = 0; y < buffer.length; y += 1) {
      const row = buffer.getLine(y)
      const text = row?.translateToString() ?? ''
      if (row?.isWrapped) found.push(`${found.pop() ?? ''}${text}`)
      else found.push(text)
    }
    return trimmed(found)
  }

  get text(): string {
    return this.lines.join('\n')
  }

  /** Where the cursor stands: its row among `rows`, its column. */
  get cursor(): { row: number; column: number } {
    const { baseY, cursorY, cursorX } = this.#screen.buffer.active
    return { row: baseY + cursorY, column: cursorX }
  }

  /** The row in which the cursor stands. */
  get cursorLine(): string {
    return this.rows[this.cursor.row] ?? ''
  }

  /** Resolves once the screen is as described; rejects, with what it shows, when the client ended before, or after 45 s. */
  async shows(what: RegExp | ((terminal: PseudoTerminal) => boolean)): Promise<void> {
    const isSo = () => (what instanceof RegExp ? what.test(this.text) : what(this))
    let end: string | undefined
    void this.exited.then(() => {
      end ??= 'the client ended before'
    })
    const deadline = setTimeout(() => {
      end ??= `within ${PATIENCE_MS / 1000} s nothing was as`
      this.#ring()
    }, PATIENCE_MS)
    try {
      while (!isSo()) {
        if (end !== undefined) throw new Error(`${end} ${what}; the screen shows:\n${this.text}`)
        await new Promise<void>(resolve => this.#waiting.add(resolve))
      }
    } finally {
      clearTimeout(deadline)
    }
  }

  /** Changes the size of the window, as a person who drags its corner. */
  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows)
    execFileSync('stty', ['-F', `/dev/${this.#tty()}`, 'cols', String(columns), 'rows', String(rows)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.exited
    this.#screen.dispose()
  }

  /** The pseudo-terminal of the program that `script` runs. */
  #tty(): string {
    const children = execFileSync('ps', ['-o', 'tty=', '--ppid', String(this.#child.pid)], { encoding: 'utf8' })
    return children.trim().split('\n')[0]?.trim() ?? ''
  }

  #ring(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

const trimmed = (texts: readonly string[]): string[] => {
  const lines = texts.map(text => text.trimEnd())
  return lines.slice(0, lines.findLastIndex(line => line !== '') + 1)
}

export type PipedRun = { readonly code: number | null; readonly out: string; readonly err: string }

/** Runs the client with `input` in a pipe. */
export function runInPipe(command: readonly string[], input: string | Buffer): Promise<PipedRun> {
  const [file = '', ...args] = command
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_STATE_HOME: STATE }
  const child = spawn(file, args, { cwd: ROOT, env })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    err += text
  })
  child.stdin.end(input)
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })))
}
