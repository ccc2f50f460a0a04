/**
 * Whether the disk takes the document. Each write is a whole file of its own, so that one that succeeds proves the disk well,
 * whoever asked for it; where nobody asks, the document is written anew after pauses that grow.
 */
import { fileReason, fileRemedy } from '../shared/process/file-problem.ts'
import type { Log } from '../shared/process/log.ts'
import { StorageFailedError } from '../shared/process/store-failure.ts'
import { errorCode } from '../shared/protocol/errors.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** Nothing more fits: on the disk, into the share of this account, or into a file. */
const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

type Parts = { readonly path: string; readonly log: Log | undefined; readonly prove: () => Promise<void> }

export class DocumentTrouble implements Disposable {
  readonly #parts: Parts
  #failure: StorageFailedError | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs = FIRST_PAUSE_MS
  failures = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Why nothing can be written now; undefined while all is well. */
  get reason(): string | undefined {
    return this.#failure?.message
  }

  /** Takes note of what a write failed with. @returns the failure by its name; what the system did not say stays as it is */
  failed(error: unknown): unknown {
    const { path, log } = this.#parts
    const code = errorCode(error)
    if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return error
    const failure = new StorageFailedError(path, {
      verb: 'write',
      ...(FULL.includes(code)
        ? { why: 'the disk is full', remedy: 'Free some space' }
        : { why: `${fileReason(error) ?? 'the disk fails'} (${code})`, remedy: fileRemedy(error) }),
    })
    this.failures += 1
    if (this.#failure === undefined)
      log?.error({ file: path, why: failure.message }, 'nothing can be stored; it is tried again until it can')
    this.#failure = failure
    this.#timer ??= setTimeout(() => this.#prove(), this.#pauseMs).unref()
    return failure
  }

  /** A write succeeded. */
  isWell(): void {
    if (this.#failure === undefined) return
    this.#failure = undefined
    this.#pauseMs = FIRST_PAUSE_MS
    this[Symbol.dispose]()
    this.#parts.log?.info({ file: this.#parts.path }, 'data can be stored again')
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #prove(): void {
    this.#timer = undefined
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    // A failure comes back through `failed`, which sets the next time.
    this.#parts.prove().catch(() => {})
  }
}
