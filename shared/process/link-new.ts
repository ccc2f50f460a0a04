/** Files that several processes may make at once: each is written whole under a name of its own, and one of them gets the name. */
import { linkSync } from 'node:fs'
import { errorCode } from '../protocol/errors.ts'

/** Gives a file one more name. @returns whether that name was free */
export function linkNew(written: string, file: string): boolean {
  try {
    linkSync(written, file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}
