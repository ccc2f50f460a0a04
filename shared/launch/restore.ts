/** `startup.ts restore`: puts a backup in the place of the present data, which is moved aside and never deleted. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { fileReason } from '../process/file-problem.ts'
import { removeFile } from '../process/new-file.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { type Manifest, readManifest, verifyFiles } from './backup-manifest.ts'
import { dataEntries, isDataFile, STORE_SCHEMAS, syncPath, timeStamp } from './data-files.ts'
import { lockData } from './lock.ts'
import { freshFolder, MARK } from './own-folder.ts'
import { clearUnfinished, markUnfinished, readUnfinished } from './unfinished-restore.ts'

/** Copies wait here until all of them are on disk; what an interrupted restore left is made anew. */
const STAGED = 'restore-staged'

export type Restore = {
  readonly data: string
  readonly folder: string
  readonly now: Date
  readonly say: (line: string) => void
}

/**
 * Nothing of the data is touched before the backup is verified and copied beside it; from then on a start is refused
 * until everything is in its place, and running the same restore again finishes it.
 * @returns the folder into which the data of before was moved; undefined when there was none
 * @throws {StartError} while an overlay runs, or when the backup is not whole or of a newer version
 */
export function restoreBackup({ data, folder, now, say }: Restore): string | undefined {
  const manifest = readManifest(folder)
  requireKnownSchemas(folder, manifest)
  say(`verifying ${folder}`)
  verifyFiles(folder, manifest)
  using _lock = lockData(data, { what: 'restore', evenUnfinished: true })
  try {
    return replace({ data, folder, now, say, manifest })
  } catch (error) {
    throw new StartError(
      `Cannot restore ${folder} into ${data}: ${(fileReason(error) ?? errorText(error)).replace(/\.$/, '')}. Nothing is lost; run the same restore again once that is mended.`,
    )
  }
}

function replace({ data, folder, now, say, manifest }: Restore & { manifest: Manifest }): string | undefined {
  const staged = join(data, STAGED)
  freshFolder(staged, { what: 'restore', isOurs: isDataFile })
  for (const { path } of manifest.files) {
    say(`copying ${path}`)
    stage(join(folder, path), join(staged, path))
  }
  for (const entry of dataEntries(staged)) syncPath(join(staged, entry))
  syncPath(staged)
  const original = moveAside({ data, folder, now })
  for (const entry of readdirSync(staged).filter(name => name !== MARK))
    renameSync(join(staged, entry), join(data, entry))
  syncPath(data)
  rmSync(staged, { recursive: true })
  clearUnfinished(data)
  return original
}

/** Goes on where an interrupted run stopped: what that one moved aside already lies here as its copy. @returns where the data of before is */
function moveAside({ data, folder, now }: Pick<Restore, 'data' | 'folder' | 'now'>): string | undefined {
  const present = dataEntries(data)
  const unfinished = readUnfinished(data)
  const aside = unfinished === undefined ? (present.length > 0 ? asideOf(data, now) : null) : unfinished.aside
  markUnfinished(data, { folder, aside })
  if (aside !== null) mkdirSync(aside, { mode: 0o700, recursive: true })
  for (const entry of present) {
    const isCopy = aside === null || existsSync(join(aside, entry))
    if (isCopy) removeCopy(data, entry)
    else renameSync(join(data, entry), join(aside, entry))
  }
  if (aside !== null) syncPath(aside)
  return aside ?? undefined
}

/** What an interrupted run put there, and nothing else. @throws {StartError} naming what somebody put beside it meanwhile */
function removeCopy(data: string, entry: string): void {
  const path = join(data, entry)
  if (!lstatSync(path).isDirectory()) return removeFile(path)
  for (const file of readdirSync(path)) if (isDataFile(`${entry}/${file}`)) removeFile(join(path, file))
  const [left] = readdirSync(path)
  if (left !== undefined) throw new StartError(`${join(path, left)} is none of the backup's: move it away`)
  rmdirSync(path)
}

/** A folder that is not there yet. Another disk than that of the data would need copies instead of renames. */
function asideOf(data: string, now: Date): string {
  const name = `before-restore-${timeStamp(now)}`
  const isMount = statSync(data).dev !== statSync(dirname(data)).dev
  return unused(isMount ? join(data, name) : join(dirname(data), `${basename(data)}.${name}`))
}

function unused(path: string, n = 1): string {
  const candidate = n === 1 ? path : `${path}-${n}`
  return lstatSync(candidate, { throwIfNoEntry: false }) !== undefined ? unused(path, n + 1) : candidate
}

function stage(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  copyFileSync(from, to, constants.COPYFILE_EXCL)
  chmodSync(to, 0o600)
  if (basename(to) === 'proxy.db') forgetIdentity(to)
  syncPath(to)
}

/**
 * A proxy without an identity takes a new one at its start, and new streams with it: it is about to give numbers again that it
 * gave after the backup, and others remember those.
 */
function forgetIdentity(path: string): void {
  const database = new DatabaseSync(path)
  try {
    database.exec("DELETE FROM setting WHERE name = 'store'")
  } finally {
    database.close()
  }
}

/** @throws {StartError} for a store of a newer version, which this one could not open */
function requireKnownSchemas(folder: string, { version, files }: Manifest): void {
  for (const { path, schema } of files) {
    const known = STORE_SCHEMAS[basename(path)]
    if (schema !== undefined && (known === undefined || schema > known))
      throw new StartError(
        `Cannot restore from ${folder}: ${path} was written by a newer version of Overlay Chat (${version}, schema ${schema}). Nothing was changed. Restore it with that version.`,
      )
  }
}
