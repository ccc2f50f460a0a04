/** One process's log on disk: bounded while it is written, with one older file beside it. */
import { closeSync, constants, fstatSync, lstatSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { UnfitFileError } from '../process/file-problem.ts'
import { keepToOwner } from '../process/open-file.ts'

/** A log file that would become larger is moved aside, over the one that was moved aside before. */
const LOG_FILE_BYTES = 10 * 1024 * 1024
const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants

export class LogFile {
  readonly path: string
  readonly #limit: number
  #bytes: number

  /** @throws {UnfitFileError} where something else has that name; what other accounts could read of it is ended */
  constructor(path: string, limit = LOG_FILE_BYTES) {
    this.path = path
    this.#limit = limit
    this.#bytes = this.#present()?.size ?? 0
    if (this.#present() !== undefined) keepToOwner(path, 'file')
  }

  /** @throws {Error} when the disk does not take it; the next line is tried again */
  append(line: string): void {
    const text = `${line}\n`
    const bytes = Buffer.byteLength(text)
    if (this.#bytes > 0 && this.#bytes + bytes > this.#limit) {
      // Somebody may have removed it meanwhile.
      if (this.#present() !== undefined) renameSync(this.path, `${this.path}.1`)
      this.#bytes = 0
    }
    this.#write(text)
    this.#bytes += bytes
  }

  #write(text: string): void {
    const descriptor = openSync(this.path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
    try {
      if (!fstatSync(descriptor).isFile()) throw new UnfitFileError(this.path, 'it is no file')
      writeFileSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
  }

  #present() {
    return lstatSync(this.path, { throwIfNoEntry: false })
  }
}
