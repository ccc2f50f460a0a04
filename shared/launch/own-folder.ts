/** A folder that the program makes anew, whatever was in it: only where that was its own, which a mark in it says. */
import { type Dirent, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeNew } from '../process/new-file.ts'
import { StartError } from '../process/start-error.ts'
import { errorCode } from '../protocol/errors.ts'

export const MARK = '.made-by-overlay-chat'
const MARK_TEXT = 'Overlay Chat made this folder, makes it anew when it needs it, and deletes what is in it then.\n'

type Own = {
  /** What is about to be done, for the wording: `start`. */
  readonly what: string
  /** Whether a file, by its path within the folder, is one that versions before the mark left there. */
  readonly isOurs: (path: string) => boolean
}

/** An empty folder with the mark. @throws {StartError} as {@link requireOwnFolder}; nothing is touched then */
export function freshFolder(folder: string, own: Own): void {
  requireOwnFolder(folder, own)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeNew(join(folder, MARK), MARK_TEXT)
}

/** @throws {StartError} where something else has that name: a file, a link, or a folder with things that are not ours */
export function requireOwnFolder(folder: string, { what, isOurs }: Own): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return
  const refuse = (why: string) =>
    new StartError(
      `Cannot ${what}: ${folder} is made anew each time, and what is in it is deleted, but ${why}. Move it away, or name another place.`,
    )
  if (stats.isSymbolicLink()) throw refuse('it is a link to something else')
  if (!stats.isDirectory()) throw refuse('it is no folder')
  if (lstatSync(join(folder, MARK), { throwIfNoEntry: false })?.isFile()) return
  const foreign = firstFile(folder, path => !isOurs(path))
  if (foreign !== undefined) throw refuse(`${foreign} in it was not made by this program`)
}

/** None where another part of the overlay, which starts at the same time, has just taken the folder away. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

/** The path within the folder of the first entry of which that is so; an entry that is no folder counts as a file, links too. */
function firstFile(folder: string, isWanted: (path: string) => boolean, within = ''): string | undefined {
  for (const entry of entriesOf(join(folder, within))) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`
    const found = entry.isDirectory() ? firstFile(folder, isWanted, path) : isWanted(path) ? path : undefined
    if (found !== undefined) return found
  }
  return undefined
}
