/** What a pipe has printed and left unread: kept for the account between runs, so that the next run does not print it again. */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { writeNew } from '../../shared/process/new-file.ts'
import { OWN } from '../../shared/process/open-file.ts'
import { readText } from '../../shared/process/read-text.ts'
import { jsonOrNothing } from '../../shared/protocol/json.ts'

const Ids = z.array(z.string())

export class Printed {
  readonly #file: string

  /** @param peer the address of the peer: each has its own, under the folder for state of the XDG base directories */
  constructor(peer: string, { XDG_STATE_HOME: state }: NodeJS.ProcessEnv) {
    const name = createHash('sha256').update(peer).digest('hex').slice(0, 16)
    this.#file = join(state || join(homedir(), '.local', 'state'), 'overlay-chat', `printed-${name}.json`)
  }

  /** The ids of those messages. */
  read(): ReadonlySet<string> {
    try {
      return new Set(Ids.safeParse(jsonOrNothing(readText(this.#file, OWN))).data)
    } catch {
      return new Set()
    }
  }

  /** Keeps these and no others. Where the account has no such folder, the next run prints them again. */
  keep(ids: readonly string[]): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
      const written = `${this.#file}.${process.pid}`
      writeNew(written, JSON.stringify(ids))
      renameSync(written, this.#file)
    } catch {
      // Nothing is lost by it.
    }
  }
}
