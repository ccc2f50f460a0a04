/** `startup.ts backup`: a copy of everything worth keeping, taken while the overlay runs or not. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import * as z from 'zod'
import { PERSONS } from '../../config/changed-persons.ts'
import { UnfitFileError } from '../process/file-problem.ts'
import { openNew, removeFile, writeNew } from '../process/new-file.ts'
import { OWN, openToRead } from '../process/open-file.ts'
import { readJson } from '../process/read-text.ts'
import { DataFileError, StartError } from '../process/start-error.ts'
import { integrityProblem } from '../process/store-check.ts'
import { isDiskFailure } from '../process/store-failure.ts'
import { errorText } from '../protocol/errors.ts'
import { type BackupFile, digestOf, MANIFEST, newManifest } from './backup-manifest.ts'
import { buildFolder } from './build.ts'
import { dataFiles, isDataFile, syncPath, timeStamp } from './data-files.ts'
import { freshFolder, MARK } from './own-folder.ts'

/** Longest wait for a store that its process is just opening, in milliseconds. */
const BUSY_MS = 10_000
const Version = z.object({ user_version: z.int() })

export type Backup = {
  readonly data: string
  /** Where it goes; beside the data with the time in its name unless said otherwise. */
  readonly folder: string | undefined
  readonly version: string
  readonly now: Date
  readonly say: (line: string) => void
}

/**
 * Copies under a name of its own, and gives the folder its name once everything in it is checked and on disk.
 * @returns the folder
 * @throws {StartError} when there is nothing to copy, a file is damaged, or the folder is there already
 */
export function makeBackup({ data, now, folder = besides(data, now), version, say }: Backup): string {
  const files = dataFiles(data)
  if (files.length === 0)
    throw new StartError(`Cannot back up ${data}: it holds no data of an overlay. Name the folder with --data.`)
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined)
    throw new StartError(`Cannot back up to ${folder}: it is there already. Name another folder.`)
  const within = relative(real(buildFolder(data)), real(folder))
  if (within === '' || !within.startsWith('..'))
    throw new StartError(`Cannot back up to ${folder}: what is in ${buildFolder(data)} is removed at each start.`)
  const unfinished = `${folder}.unfinished`
  freshFolder(unfinished, { what: `back up to ${folder}`, isOurs: path => path === MANIFEST || isDataFile(path) })
  try {
    const copied = files.map(file => {
      const from = join(data, file)
      say(`copying ${file} (${megabytes(statSync(from).size)})`)
      return copy({ from, to: join(unfinished, file), path: file.split(sep).join('/') })
    })
    const manifest = newManifest({ version, time: now.toISOString(), files: copied })
    writeNew(join(unfinished, MANIFEST), JSON.stringify(manifest, null, 1))
    removeFile(join(unfinished, MARK))
    for (const place of new Set(files.map(file => dirname(join(unfinished, file))))) syncPath(place)
    syncPath(unfinished)
    renameSync(unfinished, folder)
    syncPath(dirname(folder))
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error instanceof StartError ? error : new StartError(`Cannot back up to ${folder}: ${errorText(error)}`)
  }
  return folder
}

/** The path without links in the part of it that is there. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path))
  }
}

const besides = (data: string, now: Date): string =>
  join(dirname(data), 'backups', `${basename(data)}-${timeStamp(now)}`)

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

function copy({ from, to, path }: { from: string; to: string; path: string }): BackupFile {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  const isStore = extname(path) === '.db'
  const schema = isStore ? copyStore(from, to) : undefined
  if (!isStore) copyDocument(from, to)
  if (extname(path) === '.json') requireJson(from, to)
  chmodSync(to, 0o600)
  syncPath(to)
  return { path, bytes: statSync(to).size, sha256: digestOf(to), ...(schema !== undefined && { schema }) }
}

/** Who was added may be kept in a file that a link leads to; the rest is none of a link's. */
function copyDocument(from: string, to: string): void {
  try {
    closeSync(openToRead(from, { ...OWN, followsLink: basename(from) === PERSONS }))
  } catch (error) {
    throw error instanceof UnfitFileError ? new DataFileError(from, error.message) : error
  }
  copyFileSync(from, to, constants.COPYFILE_EXCL)
}

/** One state of the store, whatever is written to it meanwhile. @returns its schema */
function copyStore(from: string, to: string): number {
  try {
    if (!statSync(from).isFile()) throw new Error('it is no file')
    // SQLite would let everybody read a file that it makes.
    closeSync(openNew(to))
    withDatabase(from, source => source.prepare('VACUUM INTO ?').run(to))
    return withDatabase(to, copied => {
      const problem = integrityProblem(copied, 'integrity_check')
      if (problem !== undefined) throw new Error(problem)
      return Version.parse(copied.prepare('PRAGMA user_version').get()).user_version
    })
  } catch (error) {
    if (isDiskFailure(error)) throw error
    throw new DataFileError(from, `it cannot be copied (${errorText(error)})`)
  }
}

function withDatabase<T>(path: string, use: (database: InstanceType<typeof DatabaseSync>) => T): T {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** The controller replaces its document as a whole, so that a copy is whole too unless the original is not. */
function requireJson(from: string, to: string): void {
  try {
    readJson(to)
  } catch (error) {
    throw new DataFileError(from, errorText(error))
  }
}
