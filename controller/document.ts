/** The controller's one document: tables with their history, credentials, known proxies. Kept in lowdb, written atomically. */
import { Low } from 'lowdb'
import * as z from 'zod'
import type { Log } from '../shared/process/log.ts'
import { Provider, Registration, TableVersion } from '../shared/protocol/control.ts'
import { PeerName } from '../shared/protocol/names.ts'
import { CredentialId } from '../shared/protocol/route.ts'
import { AtomicFile } from './atomic-file.ts'
import { DOCUMENT_BYTES } from './document-bounds.ts'
import { DocumentTrouble } from './document-trouble.ts'
import { DocumentFullError } from './errors.ts'
import { withSmallVersions } from './small-versions.ts'
import { UsageLedger } from './usage.ts'

export const KnownProxy = Registration.extend({ lastSeen: z.iso.datetime() })
export type KnownProxy = z.infer<typeof KnownProxy>

/** As it is on disk, where an earlier version let versions grow beyond all bounds: they are numbered anew when it is opened. */
const StoredVersion = TableVersion.extend({ version: z.number().positive() })

/** A table is its history, newest first; it always has at least one version. */
export const Table = z.object({
  name: PeerName,
  history: z.tuple([StoredVersion], StoredVersion),
  configured: z.literal(true).optional().describe('the configuration names its proxy, or did so until now'),
})
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
  id: z.uuid().optional().describe('names this document; settled by the first start'),
  privateNetworks: z.literal(true).optional().describe('its routes say whether they lead to a private network'),
  demo: z.boolean().optional().describe('whether it is of a demonstration; settled by the first start'),
  proxies: z.record(z.string(), KnownProxy).describe('by name in small letters'),
  tables: z.record(z.string(), Table).describe('by name in small letters'),
  removed: z
    .record(z.string(), Table)
    .optional()
    .describe('tables of instances that the configuration no longer names: the proxies remember their versions'),
  credentials: z.record(CredentialId, StoredCredential),
  usage: z.record(z.uuid(), UsageLedger).optional().describe('by the id of the proxy’s store that counted it'),
})
export type State = z.infer<typeof State>

const EMPTY: State = { schema: 1, proxies: {}, tables: {}, credentials: {} }

export type Listener = (before: State, after: State) => void
type Waiter = {
  /** Wants the document written, whether anything changes or not. */
  readonly isProof?: true
  readonly next: (state: State) => State
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Holds the state in memory; a change counts only once it is on disk. */
export class Document implements Disposable {
  readonly #low: Low<State>
  /** What is on disk: nobody sees a state before it is there. */
  #state: State
  #waiting: Waiter[] = []
  #writing: Promise<void> | undefined
  #listener: Listener = () => {}
  readonly #trouble: DocumentTrouble
  readonly #file: AtomicFile<typeof State>

  private constructor(
    low: Low<State>,
    { path, log, file }: { path: string; log: Log | undefined; file: AtomicFile<typeof State> },
  ) {
    this.#low = low
    this.#file = file
    this.#state = low.data
    this.#trouble = new DocumentTrouble({
      path,
      log,
      prove: () => this.#change({ next: state => state, isProof: true }),
    })
  }

  /** @throws {DataFileError} when the file is there but is not a whole document */
  static async open(
    path: string,
    { log, most = DOCUMENT_BYTES }: { log?: Log; most?: number } = {},
  ): Promise<Document> {
    const file = new AtomicFile(path, { schema: State, most })
    const low = new Low(file, EMPTY)
    await low.read()
    low.data = withSmallVersions(low.data)
    return new Document(low, { path, log, file })
  }

  /** How large it is on disk. */
  get bytes(): number {
    return this.#file.bytes
  }

  /** Why nothing can be written now; undefined while all is well. It becomes well again by itself. */
  get trouble(): string | undefined {
    return this.#trouble.reason
  }

  /** Writes that the disk did not take, since the start. */
  get failures(): number {
    return this.#trouble.failures
  }

  get state(): State {
    return this.#state
  }

  /** The listener hears of every write, once it is on disk and before those who asked for it. */
  onWritten(listener: Listener): void {
    this.#listener = listener
  }

  /**
   * Applies a pure change. Changes run one after another, each on what the one before left; those that come while a
   * write is under way share the next one. Rejects, leaving the state as it was, when the change throws or cannot be written:
   * with a {@link StorageFailedError} while the disk is full or fails.
   */
  change(next: (state: State) => State): Promise<void> {
    return this.#change({ next })
  }

  [Symbol.dispose](): void {
    this.#trouble[Symbol.dispose]()
  }

  /** Resolves once nothing waits to be written. */
  async settled(): Promise<void> {
    await this.#writing
  }

  #change(wish: Pick<Waiter, 'next' | 'isProof'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...wish, done: resolve, failed: reject })
      this.#writing ??= this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(resolve => setImmediate(resolve))
      await this.#writeGroup(this.#waiting.splice(0))
    }
    // In the turn that found nothing waiting: whoever comes from now on begins another round.
    this.#writing = undefined
  }

  async #writeGroup(group: readonly Waiter[]): Promise<void> {
    const before = this.#state
    let after = before
    const applied = group.filter(({ next, failed }) => {
      try {
        after = next(after)
        return true
      } catch (error) {
        failed(error)
        return false
      }
    })
    try {
      if (after !== before || applied.some(({ isProof }) => isProof)) await this.#write(before, after)
    } catch (error) {
      if (error instanceof DocumentFullError && applied.length > 1) {
        // One of them is too much: the others are not refused with it.
        for (const waiter of applied) await this.#writeGroup([waiter])
        return
      }
      const failure = this.#trouble.failed(error)
      for (const { failed } of applied) failed(failure)
      return
    }
    for (const { done } of applied) done()
  }

  async #write(before: State, after: State): Promise<void> {
    this.#low.data = after
    await this.#low.write()
    this.#trouble.isWell()
    this.#state = after
    if (after !== before) this.#listener(before, after)
  }
}
