/** The mark of a restore that is putting things in their place: while it is there, part of the data is old and part is new. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { readJson } from '../process/read-text.ts'
import { syncPath } from './data-files.ts'
import { writeWholeJson } from './whole-file.ts'

const FILE = 'restore-unfinished.json'
const Unfinished = z.object({
  folder: z.string().describe('of the backup'),
  aside: z.string().nullable().describe('where the data of before was moved; null when there was none'),
})
export type Unfinished = z.infer<typeof Unfinished>

export const readUnfinished = (data: string): Unfinished | undefined =>
  existsSync(join(data, FILE)) ? Unfinished.parse(readJson(join(data, FILE))) : undefined

export function markUnfinished(data: string, unfinished: Unfinished): void {
  writeWholeJson(join(data, FILE), unfinished)
  syncPath(data)
}

export function clearUnfinished(data: string): void {
  rmSync(join(data, FILE))
  syncPath(data)
}
