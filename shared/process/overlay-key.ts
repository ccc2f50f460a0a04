/**
 * The key that proxies show the controller, so that no other program on the machine can register in a proxy's name or
 * read credentials from the stream of routes: 256 random bits in a file that only the owner of the data can read.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { errorText } from '../protocol/errors.ts'
import { linkNew } from './link-new.ts'
import { removeFile, writeNew } from './new-file.ts'
import { keepToOwner, SMALL } from './open-file.ts'
import { readText } from './read-text.ts'
import { Secret } from './secret.ts'
import { DataFileError } from './start-error.ts'

/**
 * Reads the key, making it on the first start. Safe when several processes do so at once. What other accounts could read of it is ended.
 * @throws {DataFileError} for a file that is none of ours, or holds no key
 */
export function overlayKey(data: string): Secret {
  const file = join(data, 'overlay.key')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) create(file)
  const value = read(file)
  if (!/^[0-9a-f]{64}$/.test(value)) throw new DataFileError(file, 'it does not hold 64 hexadecimal digits')
  return new Secret(value)
}

function read(file: string): string {
  try {
    keepToOwner(file, 'file')
    return readText(file, SMALL).trim()
  } catch (error) {
    throw new DataFileError(file, errorText(error))
  }
}

/** Written whole before it has its name, so that nobody reads half a key; of several at once, the first gives the key. */
function create(file: string): void {
  const own = `${file}.${process.pid}`
  writeNew(own, randomBytes(32).toString('hex'))
  try {
    linkNew(own, file)
  } finally {
    removeFile(own)
  }
}

export const bearer = (key: Secret): { authorization: string } => ({ authorization: `Bearer ${key.reveal()}` })

/** The name of the scheme may be in any case (RFC 9110, 11.1). */
export function carriesKey(authorization: string | undefined, key: Secret): boolean {
  const given = Buffer.from((authorization ?? '').replace(/^bearer /i, 'Bearer '))
  const wanted = Buffer.from(bearer(key).authorization)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
