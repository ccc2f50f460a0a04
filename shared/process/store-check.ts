/**
 * Whether a store's file is whole: looked at when it is opened.
 *
 * After a crash everything is checked, rows against indices too (`integrity_check`): a machine that lost power may have
 * written some pages of a change and not others. After a clean stop all that was written had been synced and moved into the
 * file, so that only the pages' own structure is checked (`quick_check`, two fifths of the time), against a disk that went
 * bad meanwhile. Measured on two cores: a history of 1,000,000 messages (455 MB) takes 5.6 s the one way and 2.4 s the
 * other, which nobody shall wait for: a large file is checked by a process of its own beside the serving.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'
import type { Log } from './log.ts'
import { DataFileError } from './start-error.ts'

/** A file of this many bytes is checked in less than half a second. */
const CHECKED_BEFORE_BYTES = 32 * 1024 * 1024

export const CheckKind = z.enum(['integrity_check', 'quick_check'])
export type CheckKind = z.infer<typeof CheckKind>

/** A log with content is what a clean stop does not leave. To be asked before the file is opened. */
export const checkKind = (path: string): CheckKind => (sizeOf(`${path}-wal`) > 0 ? 'integrity_check' : 'quick_check')
export const isCheckedBefore = (path: string): boolean => sizeOf(path) + sizeOf(`${path}-wal`) <= CHECKED_BEFORE_BYTES

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

/**
 * What is wrong first, in SQLite's words; undefined when nothing is. The quick check goes table by table: one of
 * everything at once would have a full-text index compared entry by entry, ten seconds for a million messages. The tables
 * in which such an index lies are checked as any other.
 */
export function integrityProblem(database: DatabaseSyncInstance, kind: CheckKind): string | undefined {
  if (kind === 'integrity_check') return problemIn(database, kind, '1')
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").all()
  for (const { name } of z.array(z.object({ name: z.string() })).parse(tables)) {
    const problem = problemIn(database, kind, `'${name}'`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemIn(database: DatabaseSyncInstance, kind: CheckKind, what: string): string | undefined {
  const row = z.record(z.string(), z.string()).parse(database.prepare(`PRAGMA ${kind}(${what})`).get())
  const found = row[kind]?.replace(/^\*{3}.*\*{3}\n/, '').replaceAll('\n', '; ')
  return found === 'ok' ? undefined : found
}

/** Bundled it stands beside the process that runs; in the tests of a part it is still TypeScript. */
const isBundled = import.meta.url.endsWith('.mjs')
const PROGRAM = fileURLToPath(new URL(isBundled ? './check.mjs' : './store-check-main.ts', import.meta.url))

export type CheckBeside = {
  readonly path: string
  readonly kind: CheckKind
  readonly log: Log | undefined
  readonly damaged: (error: DataFileError) => void
}

/** Checks in a process of its own, with a connection that only reads. Disposing ends it. */
export function checkBeside({ path, kind, log, damaged }: CheckBeside): Disposable {
  const began = Date.now()
  log?.info({ file: path, kind }, 'the data file is being checked beside the serving')
  const child: ChildProcess = spawn(
    process.execPath,
    [...(isBundled ? [] : ['--import', 'tsx']), PROGRAM, path, kind],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
    },
  )
  let stopped = false
  let found = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    found += text
  })
  child.on('error', error => log?.warn({ file: path, err: error }, 'the data file could not be checked'))
  child.once('close', code => {
    if (stopped) return
    const ms = Date.now() - began
    if (code !== 0) return log?.warn({ file: path, code }, 'the data file could not be checked')
    if (found === 'ok') return log?.info({ file: path, ms }, 'the data file is whole')
    log?.fatal({ file: path, ms, found }, 'the data file is damaged')
    damaged(new DataFileError(path, `it is damaged (${found})`, { changed: true }))
  })
  return {
    [Symbol.dispose]: () => {
      stopped = true
      child.kill('SIGKILL')
    },
  }
}
