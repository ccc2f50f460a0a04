/** Small files of the program's own: readable by their owner only, never half of one, and never in the place of somebody else's. */
import { renameSync } from 'node:fs'
import { UnfitFileError } from '../process/file-problem.ts'
import { writeNew } from '../process/new-file.ts'
import { readFile, SMALL } from '../process/open-file.ts'
import { errorCode, errorText } from '../protocol/errors.ts'
import { jsonOrNothing } from '../protocol/json.ts'

/**
 * It has its name once its content is on disk.
 * @param isOurs whether the JSON that is there already was written by this program
 * @throws {UnfitFileError} where something else has that name; nothing is changed then
 */
export function writeWholeJson(file: string, content: object, isOurs: (before: unknown) => boolean): void {
  requireReplaceable(file, isOurs)
  const written = `${file}.tmp`
  writeNew(written, `${JSON.stringify(content)}\n`)
  renameSync(written, file)
}

/** An empty file is what a machine that lost its power may leave of ours. */
function requireReplaceable(file: string, isOurs: (before: unknown) => boolean): void {
  try {
    const before = readFile(file, SMALL).toString()
    if (before === '' || isOurs(jsonOrNothing(before))) return
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw new UnfitFileError(file, `a file of this program belongs there, but ${errorText(error)}`)
  }
  throw new UnfitFileError(file, 'a file of this program belongs there, but what is there was not written by it')
}
