/** What the system says of a file or folder that cannot be had, in words and with what helps. */
import { errorCode } from '../protocol/errors.ts'
import { StartError, StartFailedError } from './start-error.ts'

/** A file or folder that is not what it has to be: the message is the end of a sentence that names it. */
export class UnfitFileError extends Error {
  readonly path: string
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(why, options)
    this.path = path
  }
}

type Problem = {
  readonly why: string
  readonly remedy: string
  /** Whether it may be otherwise later without anybody changing anything. */
  readonly passes?: boolean
}

const ELSEWHERE = 'or name another place (--data names the folder of all state)'
const NO_RIGHT: Problem = {
  why: 'this account has no right to it',
  remedy: `Give it the right (chown, chmod), ${ELSEWHERE}.`,
}
const DISK_FAILS: Problem = {
  why: 'the disk fails',
  remedy: "Look at the disk, and at the system's log.",
  passes: true,
}
const PROBLEMS: Readonly<Record<string, Problem>> = {
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: { why: 'it is on a disk that may only be read', remedy: `Make the disk writable, ${ELSEWHERE}.` },
  ENOTDIR: {
    why: 'a part of its path is a file, not a folder',
    remedy: 'Name another place (--data names the folder of all state).',
  },
  EEXIST: { why: 'there is something of that name already', remedy: `Move it away, ${ELSEWHERE}.` },
  EISDIR: { why: 'it is a folder, not a file', remedy: 'Name a file, or move the folder away.' },
  ENAMETOOLONG: { why: 'its name is too long for this disk', remedy: 'Name a shorter place.' },
  ELOOP: { why: 'its links lead back to themselves', remedy: `Mend the links, ${ELSEWHERE}.` },
  ENOSPC: { why: 'the disk is full', remedy: 'Free some space.', passes: true },
  EDQUOT: { why: 'the quota of this account is used up', remedy: 'Free some space.', passes: true },
  EIO: DISK_FAILS,
  EMFILE: { why: 'too many files are open', remedy: 'Raise the limit (ulimit -n).', passes: true },
  ENFILE: { why: 'too many files are open on this machine', remedy: "Raise the system's limit.", passes: true },
}

const VERBS: Readonly<Record<string, string>> = {
  mkdir: 'make the folder',
  open: 'open',
  write: 'write',
  scandir: 'read the folder',
  rename: 'rename',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  link: 'make',
  copyfile: 'copy',
  chmod: 'change',
}

/** Why a file cannot be had, as `it is a folder, not a file`; undefined for any other error. */
export const fileReason = (error: unknown): string | undefined => PROBLEMS[errorCode(error) ?? '']?.why

/** What helps then, such as `Free some space`, without a full stop. */
export const fileRemedy = (error: unknown): string =>
  (PROBLEMS[errorCode(error) ?? ''] ?? DISK_FAILS).remedy.replace(/\.$/, '')

/** The sentence for a failure of the system at a path that a person can mend; undefined for every other error, which is a bug. */
export function fileProblem(error: unknown): StartError | StartFailedError | undefined {
  if (error instanceof UnfitFileError)
    return new StartError(`Cannot use ${error.path}: ${error.message}. Mend it, or move it away.`)
  const problem = PROBLEMS[errorCode(error) ?? '']
  if (problem === undefined || !(error instanceof Error) || !('path' in error) || !('syscall' in error))
    return undefined
  const { why, remedy, passes = false } = problem
  const verb = VERBS[String(error.syscall)] ?? 'use'
  const text = `Cannot ${verb} ${error.path}: ${why} (${errorCode(error)}). ${remedy}`
  return passes ? new StartFailedError(text) : new StartError(text)
}
