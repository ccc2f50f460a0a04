/** The controller's one document: tables with their history, credentials, known proxies. Kept in lowdb, written atomically. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Adapter, Low } from 'lowdb'
import * as z from 'zod'
import { DataFileError, StartError } from '../shared/process/start-error.ts'
import { Provider, Registration, TableVersion } from '../shared/protocol/control.ts'
import { errorText, firstIssue } from '../shared/protocol/errors.ts'
import { PeerName } from '../shared/protocol/names.ts'
import { CredentialId } from '../shared/protocol/route.ts'

export const KnownProxy = Registration.extend({ lastSeen: z.iso.datetime() })
export type KnownProxy = z.infer<typeof KnownProxy>

/** A table is its history, newest first; it always has at least one version. */
export const Table = z.object({ name: PeerName, history: z.tuple([TableVersion], TableVersion) })
export type Table = z.infer<typeof Table>

export const StoredCredential = z.object({
  provider: Provider,
  value: z.string(),
  origins: z.array(z.string()),
  source: z.enum(['environment', 'dashboard']),
})
export type StoredCredential = z.infer<typeof StoredCredential>

export const State = z.object({
  schema: z.literal(1),
  demo: z.boolean().optional().describe('whether it is of a demonstration; settled by the first start'),
  proxies: z.record(z.string(), KnownProxy).describe('by name in small letters'),
  tables: z.record(z.string(), Table).describe('by name in small letters'),
  credentials: z.record(CredentialId, StoredCredential),
})
export type State = z.infer<typeof State>

const EMPTY: State = { schema: 1, proxies: {}, tables: {}, credentials: {} }

/**
 * The state, marked as that of a demonstration or not for good: the keys of the one would replace those of the other.
 * @throws {StartError} when it is marked otherwise
 */
export function markDemo(state: State, { demo, data }: { demo: boolean; data: string }): State {
  if (state.demo === demo) return state
  if (state.demo === undefined) return { ...state, demo }
  throw new StartError(
    demo
      ? `Cannot start a demonstration: the data in ${data} is not of one, and its keys would be lost. Leave --demo out, or choose another folder with --data.`
      : `Cannot start: the data in ${data} is of a demonstration. Add --demo, or choose another folder with --data.`,
  )
}

/** Holds the state in memory; a change counts only once it is on disk. */
export class Document {
  readonly #low: Low<State>
  #last: Promise<unknown> = Promise.resolve()

  private constructor(low: Low<State>) {
    this.#low = low
  }

  /** @throws {DataFileError} when the file is there but is not a whole document */
  static async open(path: string): Promise<Document> {
    const low = new Low(new AtomicFile(path), EMPTY)
    await low.read()
    return new Document(low)
  }

  get state(): State {
    return this.#low.data
  }

  /** Applies a pure change; changes run one after another. Rejects, leaving the state as it was, when it cannot be written. */
  change(next: (state: State) => State): Promise<State> {
    const attempt = async () => {
      const before = this.#low.data
      const after = next(before)
      if (after === before) return before
      this.#low.data = after
      try {
        await this.#low.write()
      } catch (error) {
        this.#low.data = before
        throw error
      }
      return after
    }
    const result = this.#last.then(attempt)
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** Temporary file, fsync, rename, fsync of the folder: after a crash the old or the new document is there, never half of one. */
class AtomicFile implements Adapter<State> {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async read(): Promise<State | null> {
    if (!existsSync(this.#path)) return null
    const result = State.safeParse(this.#parse())
    if (result.success) return result.data
    const { field, detail } = firstIssue(result.error)
    throw new DataFileError(this.#path, `${field || 'the document'} ${detail}`)
  }

  async write(data: State): Promise<void> {
    const folder = dirname(this.#path)
    const temporary = `${this.#path}.tmp`
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    withFile(temporary, 'w', descriptor => writeFileSync(descriptor, JSON.stringify(data, null, 1)))
    renameSync(temporary, this.#path)
    withFile(folder, 'r', () => {})
  }

  #parse(): unknown {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8'))
    } catch (error) {
      throw new DataFileError(this.#path, `it is not JSON (${errorText(error)})`)
    }
  }
}

function withFile(path: string, flags: string, write: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags, 0o600)
  try {
    write(descriptor)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
