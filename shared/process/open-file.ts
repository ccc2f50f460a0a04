/**
 * The one way to open a file that is there: a regular file of an account that may have it, no larger than its kind may be.
 * Everything else is refused in words, at once: a folder, a pipe or a device is never waited for, and never read without end.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../protocol/errors.ts'
import { fileReason, UnfitFileError } from './file-problem.ts'

const MIB = 1024 * 1024
/** What a mode lets others than the owner do. */
const OTHERS = 0o077
/** What a disk answers that keeps no modes. */
const NO_MODES = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']
const A_LINK = 'it is a link to something else'

export type FileRules = {
  readonly mostBytes: number
  /** Whether a link in its place is followed. */
  readonly followsLink: boolean
  /**
   * `own`: this account's; where this account is root, also that of whoever has its folder. `own or root`: also of root, or of
   * whoever has its folder; root takes anybody's.
   */
  readonly owner: 'own' | 'own or root' | 'any'
}

/** What a person writes for the program: may be a link, and may be the system's. */
export const CONFIGURATION: FileRules = { mostBytes: 4 * MIB, followsLink: true, owner: 'own or root' }
/** What a person hands over once to be read, such as a history to import. */
export const HANDED_OVER: FileRules = { mostBytes: 256 * MIB, followsLink: true, owner: 'any' }
/** What the program itself keeps with the data: nobody else may have put it there. */
export const OWN: FileRules = { mostBytes: 256 * MIB, followsLink: false, owner: 'own' }
/** A file of a backup, wherever it was kept meanwhile. */
export const KEPT: FileRules = { mostBytes: Number.MAX_SAFE_INTEGER, followsLink: false, owner: 'any' }
/** A few lines that the program itself keeps with the data: a key, a number, how it is reached. */
export const SMALL: FileRules = { ...OWN, mostBytes: MIB }

/** @returns a descriptor, to be closed @throws {UnfitFileError}, or the system's own error where there is no such file */
export function openToRead(path: string, rules: FileRules): number {
  let descriptor: number | undefined
  try {
    // Looked at before it is opened: opening alone sets some devices going.
    requireRegular(path, statSync(path))
    const noLink = rules.followsLink ? 0 : constants.O_NOFOLLOW
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | noLink)
    requireFit(path, fstatSync(descriptor), rules)
    return descriptor
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor)
    throw inWords(path, error, rules)
  }
}

/** @throws {UnfitFileError}, or the system's own error where there is no such file */
export function readFile(path: string, rules: FileRules): Buffer {
  const descriptor = openToRead(path, rules)
  try {
    return readBounded(path, descriptor, rules)
  } catch (error) {
    throw inWords(path, error, rules)
  } finally {
    closeSync(descriptor)
  }
}

/** Its size may be none, as of what the system makes up, and may grow while it is read. */
function readBounded(path: string, descriptor: number, { mostBytes }: FileRules): Buffer {
  const pieces: Buffer[] = []
  let piece = Buffer.allocUnsafe(Math.min(mostBytes, fstatSync(descriptor).size) + 1)
  for (let all = 0; ; piece = Buffer.allocUnsafe(64 * 1024)) {
    const length = readSync(descriptor, piece)
    all += length
    if (all > mostBytes) throw tooLarge(path, mostBytes)
    if (length === 0) return Buffer.concat(pieces)
    pieces.push(piece.subarray(0, length))
  }
}

/** @throws {UnfitFileError} */
function requireFit(path: string, stats: Stats, { owner, mostBytes }: FileRules): void {
  requireRegular(path, stats)
  if (owner !== 'any') requireOwner(path, stats, { orRoot: owner === 'own or root' })
  if (stats.size > mostBytes) throw tooLarge(path, mostBytes)
}

const tooLarge = (path: string, mostBytes: number): UnfitFileError =>
  new UnfitFileError(path, `it is larger than ${mostBytes / MIB} MiB`)

/** @throws {UnfitFileError} for what is no file with content of its own */
export function requireRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw new UnfitFileError(path, 'it is a folder, not a file')
  const kind = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device'
  throw new UnfitFileError(path, `it is ${kind}, not a file`)
}

/** @throws {UnfitFileError} for what belongs to an account that has no business there */
export function requireOwner(path: string, { uid }: Pick<Stats, 'uid'>, { orRoot = false } = {}): void {
  const own = process.geteuid?.()
  if (own === undefined || uid === own || (orRoot && uid === 0)) return
  // Root may look after what the account of a service keeps; a configuration may be of whoever has its folder.
  if (own === 0 ? orRoot || ownerOfFolder(path) === uid : orRoot && ownerOfFolder(path) === uid) return
  const remedy = 'chown gives it to the account that runs this'
  throw new UnfitFileError(path, `it belongs to another account (user id ${uid}); ${remedy}`)
}

const ownerOfFolder = (path: string): number => statSync(dirname(realpathSync(path))).uid

/**
 * Takes from other accounts what they may do with a file or folder of the program's own. It is not opened for that: the locks of
 * a store would be gone with the closing.
 * @returns whether that changed anything: some disks, such as those of other systems, keep no modes
 * @throws {UnfitFileError} where it is no such file or folder, or a link
 */
export function keepToOwner(path: string, kind: 'file' | 'folder'): boolean {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) throw new UnfitFileError(path, A_LINK)
  if (kind === 'file') requireRegular(path, stats)
  else if (!stats.isDirectory()) throw new UnfitFileError(path, 'it is no folder')
  requireOwner(path, stats)
  if ((stats.mode & OTHERS) === 0) return false
  try {
    chmodSync(path, stats.mode & ~OTHERS & 0o7777)
  } catch (error) {
    if (!NO_MODES.includes(errorCode(error) ?? '')) throw error
  }
  return (lstatSync(path).mode & OTHERS) === 0
}

/** As {@link keepToOwner}; false where it is gone, as what SQLite puts beside a store goes when another process closes it last. */
export function keepToOwnerIfThere(path: string, kind: 'file' | 'folder'): boolean {
  try {
    return keepToOwner(path, kind)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/** That there is no such file, each caller words by itself. */
function inWords(path: string, error: unknown, { followsLink }: Pick<FileRules, 'followsLink'>): unknown {
  if (error instanceof UnfitFileError) return error
  const code = errorCode(error)
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (code === 'ENOENT') return isLink ? new UnfitFileError(path, 'it is a link to nothing', { cause: error }) : error
  if (isLink && !followsLink) return new UnfitFileError(path, A_LINK, { cause: error })
  const reason = fileReason(error)
  return reason === undefined ? error : new UnfitFileError(path, `${reason} (${code})`, { cause: error })
}
