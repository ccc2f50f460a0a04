/** A disk that fails for one process when a test says so: strace answers its system calls on the store's files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the system answers to which calls. */
export const DISK_FAULTS = {
  full: 'write,pwrite64:error=ENOSPC',
  'failing at write': 'write,pwrite64:error=EIO',
  'failing at sync': 'fdatasync,fsync:error=EIO',
} as const
export type DiskFault = keyof typeof DISK_FAULTS

export class FailingDisk implements AsyncDisposable {
  readonly #trace: ReturnType<typeof spawn>
  readonly #ended: Promise<unknown>
  readonly #folder: string
  #hits = 0

  private constructor(pid: number, { store, fault }: { store: string; fault: DiskFault }) {
    this.#folder = mkdtempSync(join(tmpdir(), 'overlay-disk-'))
    const files = [store, `${store}-wal`].flatMap(file => ['-P', file])
    const inject = ['-e', 'trace=write,pwrite64,fdatasync,fsync', '-e', `inject=${DISK_FAULTS[fault]}`]
    const args = ['-f', '-p', String(pid), ...files, ...inject, '-o', this.#output]
    this.#trace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#ended = once(this.#trace, 'close')
  }

  /** Resolves once the disk fails. @throws {Error} where this process may not trace another */
  static async begin(pid: number, disk: { store: string; fault: DiskFault }): Promise<FailingDisk> {
    const failing = new FailingDisk(pid, disk)
    let said = ''
    await new Promise<void>((resolve, reject) => {
      failing.#trace.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('attached')) resolve()
      })
      const refuse = () =>
        reject(
          new Error(`Cannot make a disk fail: strace may not trace process ${pid}: ${said || 'is strace installed?'}`),
        )
      failing.#ended.then(refuse, refuse)
    })
    return failing
  }

  /** How many calls were answered with the fault; known once the disk is well again. */
  get hits(): number {
    return this.#hits
  }

  get #output(): string {
    return join(this.#folder, 'trace')
  }

  /** The disk is well again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#trace.kill('SIGINT')
    await this.#ended
    if (!existsSync(this.#output)) return
    this.#hits = readFileSync(this.#output, 'utf8').split('(INJECTED)').length - 1
    rmSync(this.#folder, { recursive: true })
  }
}
