/** One process's log on disk: bounded while it is written, with one older file beside it. */
import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs'

/** A log file that would become larger is moved aside, over the one that was moved aside before. */
const LOG_FILE_BYTES = 10 * 1024 * 1024

export class LogFile {
  readonly path: string
  readonly #limit: number
  #bytes: number

  constructor(path: string, limit = LOG_FILE_BYTES) {
    this.path = path
    this.#limit = limit
    this.#bytes = existsSync(path) ? statSync(path).size : 0
  }

  /** @throws {Error} when the disk does not take it; the next line is tried again */
  append(line: string): void {
    const text = `${line}\n`
    const bytes = Buffer.byteLength(text)
    if (this.#bytes > 0 && this.#bytes + bytes > this.#limit) {
      // Somebody may have removed it meanwhile.
      if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`)
      this.#bytes = 0
    }
    appendFileSync(this.path, text, { mode: 0o600 })
    this.#bytes += bytes
  }
}
