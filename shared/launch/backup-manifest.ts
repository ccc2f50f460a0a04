/** What a backup says of itself: every file with its length and digest, so that a restore knows that it is whole. */
import { createHash } from 'node:crypto'
import { closeSync, lstatSync, readSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { KEPT, openToRead } from '../process/open-file.ts'
import { readJson } from '../process/read-text.ts'
import { StartError } from '../process/start-error.ts'
import { errorCode, errorText, firstIssue } from '../protocol/errors.ts'

export const MANIFEST = 'manifest.json'
const FORMAT = 1
/** Of the manifest: far above one with a thousand instances. */
const MOST_BYTES = 4 * 1024 * 1024

const BackupFile = z.object({
  path: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)?\.[a-z]+$/)
    .describe('within the data folder'),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  schema: z.int().optional().describe('of a store: how many of its migrations have run'),
})
export type BackupFile = z.infer<typeof BackupFile>

const Manifest = z.object({
  format: z.literal(FORMAT),
  version: z.string().describe('of Overlay Chat'),
  time: z.iso.datetime(),
  files: z.array(BackupFile).min(1),
})
export type Manifest = z.infer<typeof Manifest>

export const newManifest = (parts: Omit<Manifest, 'format'>): Manifest => ({ format: FORMAT, ...parts })

/** @throws {StartError} when the folder is no backup, or one of a later format */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST)
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined)
    throw new StartError(
      `Cannot restore from ${folder}: it has no ${MANIFEST}, so it is no backup, or one that was not finished.`,
    )
  const result = Manifest.safeParse(parseJson(file))
  if (result.success) return result.data
  const { field, detail } = firstIssue(result.error)
  throw new StartError(`Cannot restore from ${folder}: in ${MANIFEST} ${field || 'the document'} ${detail}.`)
}

function parseJson(file: string): unknown {
  try {
    return readJson(file, { ...KEPT, mostBytes: MOST_BYTES })
  } catch (error) {
    throw new StartError(`Cannot read ${file}: ${errorText(error)}. Take another backup.`)
  }
}

/** @throws {StartError} naming the first file that is missing or is not as it was written */
export function verifyFiles(folder: string, { files }: Manifest): void {
  for (const { path, bytes, sha256 } of files) {
    const file = join(folder, path)
    const problem = problemOf(file, { bytes, sha256 })
    if (problem !== undefined)
      throw new StartError(
        `Cannot restore from ${folder}: ${path} ${problem}. Nothing was changed. Take another backup.`,
      )
  }
}

function problemOf(file: string, { bytes, sha256 }: Pick<BackupFile, 'bytes' | 'sha256'>): string | undefined {
  try {
    const { size } = lstatSync(file)
    if (size !== bytes) return `has ${size} bytes instead of ${bytes}`
    return digestOf(file) === sha256 ? undefined : 'is not as it was written (its digest differs)'
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'is missing' : `cannot be read (${errorText(error)})`
  }
}

/** SHA-256 in hexadecimal digits, read piece by piece: a history may be larger than the memory. @throws {UnfitFileError} */
export function digestOf(path: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(1024 * 1024)
  const descriptor = openToRead(path, KEPT)
  try {
    for (let length = 0; ; ) {
      length = readSync(descriptor, piece)
      if (length === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, length))
    }
  } finally {
    closeSync(descriptor)
  }
}
