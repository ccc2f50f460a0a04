/** The mark of a restore that is putting things in their place: while it is there, part of the data is old and part is new. */
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { UnfitFileError } from '../process/file-problem.ts'
import { removeFile } from '../process/new-file.ts'
import { SMALL } from '../process/open-file.ts'
import { readJson } from '../process/read-text.ts'
import { errorText, firstIssue } from '../protocol/errors.ts'
import { syncPath } from './data-files.ts'
import { writeWholeJson } from './whole-file.ts'

const FILE = 'restore-unfinished.json'
const Unfinished = z.object({
  folder: z.string().describe('of the backup'),
  aside: z.string().nullable().describe('where the data of before was moved; null when there was none'),
})
export type Unfinished = z.infer<typeof Unfinished>

/** @throws {UnfitFileError} when the mark is there and cannot be read: what the data is made of is not known then */
export function readUnfinished(data: string): Unfinished | undefined {
  const file = join(data, FILE)
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  const result = Unfinished.safeParse(read(file))
  if (result.success) return result.data
  const { field, detail } = firstIssue(result.error)
  throw new UnfitFileError(file, `it says that a restore was interrupted, but ${field || 'it'} ${detail}`)
}

function read(file: string): unknown {
  try {
    return readJson(file, SMALL)
  } catch (error) {
    throw new UnfitFileError(file, `it says that a restore was interrupted, but ${errorText(error)}`)
  }
}

export function markUnfinished(data: string, unfinished: Unfinished): void {
  writeWholeJson(join(data, FILE), unfinished, before => Unfinished.safeParse(before).success)
  syncPath(data)
}

export function clearUnfinished(data: string): void {
  removeFile(join(data, FILE))
  syncPath(data)
}
