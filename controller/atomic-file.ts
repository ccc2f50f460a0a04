/** The file of the controller's document: read whole or refused, written so that the old or the new one is there, never half of one. */
import { lstatSync, mkdirSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Adapter } from 'lowdb'
import type * as z from 'zod'
import { removeFile } from '../shared/process/new-file.ts'
import { keepToOwner, OWN } from '../shared/process/open-file.ts'
import { readJson } from '../shared/process/read-text.ts'
import { DataFileError } from '../shared/process/start-error.ts'
import { errorText, firstIssue } from '../shared/protocol/errors.ts'
import { DocumentFullError } from './errors.ts'

/** Temporary file, fsync, rename, fsync of the folder. Writes must not overlap. */
export class AtomicFile<S extends z.ZodType<object>> implements Adapter<z.infer<S>> {
  readonly #path: string
  readonly #schema: S
  readonly #most: number
  readonly #json = new JsonOfParts()
  /** How much is on disk, in bytes. */
  bytes = 0

  /** @param most how large it may grow, in bytes */
  constructor(path: string, { schema, most }: { schema: S; most: number }) {
    this.#path = path
    this.#schema = schema
    this.#most = most
  }

  /** @throws {DataFileError} when the file is there but does not follow the schema */
  async read(): Promise<z.infer<S> | null> {
    const found = lstatSync(this.#path, { throwIfNoEntry: false })
    if (found === undefined) return null
    this.bytes = found.size
    const result = this.#schema.safeParse(this.#parse())
    if (result.success) return result.data
    const { field, detail } = firstIssue(result.error)
    throw new DataFileError(this.#path, `${field || 'the document'} ${detail}`)
  }

  /**
   * What is written is what the data is now: a change while the disk works is not in it.
   * @throws {DocumentFullError} for more than it may have, unless it was larger before
   */
  async write(data: z.infer<S>): Promise<void> {
    const text = this.#json.write(data)
    const bytes = Buffer.byteLength(text)
    if (bytes > this.#most && bytes > this.bytes) throw new DocumentFullError({ bytes, most: this.#most })
    const folder = dirname(this.#path)
    const temporary = `${this.#path}.tmp`
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Made anew, never opened: what lies there, such as a link, is not written to.
    removeFile(temporary)
    try {
      await withFile(temporary, 'wx', file => file.writeFile(text))
    } catch (error) {
      // The half of a document would keep the place that others need on a full disk.
      await rm(temporary, { force: true }).catch(() => {})
      throw error
    }
    await rename(temporary, this.#path)
    await withFile(folder, 'r', async () => {})
    this.bytes = bytes
  }

  #parse(): unknown {
    try {
      keepToOwner(this.#path, 'file')
      return readJson(this.#path, OWN)
    } catch (error) {
      throw new DataFileError(this.#path, errorText(error))
    }
  }
}

async function withFile(path: string, flags: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600)
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * JSON with one line for each entry of each record in the document. States share what did not change, so that the line of an
 * entry that is the same object as before is known already: a change of one table among thousands costs one line.
 */
class JsonOfParts {
  readonly #lines = new WeakMap<object, string>()

  write(document: object): string {
    const members = Object.entries(document)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${JSON.stringify(key)}: ${isObject(value) ? this.#record(value) : JSON.stringify(value)}`)
    return `{\n${members.join(',\n')}\n}\n`
  }

  #record(record: object): string {
    const lines = Object.entries(record).map(([key, value]) => `${JSON.stringify(key)}: ${this.#line(value)}`)
    return `{\n${lines.join(',\n')}\n}`
  }

  #line(value: unknown): string {
    if (!isObject(value)) return JSON.stringify(value)
    const known = this.#lines.get(value)
    if (known !== undefined) return known
    const line = JSON.stringify(value)
    this.#lines.set(value, line)
    return line
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
