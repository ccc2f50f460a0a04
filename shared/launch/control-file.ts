/** `launcher.json`: how another terminal finds the launcher of a data folder. */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileReason } from '../process/file-problem.ts'
import { removeFile } from '../process/new-file.ts'
import { SMALL } from '../process/open-file.ts'
import { readText } from '../process/read-text.ts'
import { StartError } from '../process/start-error.ts'
import { errorCode, errorText } from '../protocol/errors.ts'
import { jsonOrNothing } from '../protocol/json.ts'
import { LauncherFile } from './control-protocol.ts'
import { launcherOf } from './lock.ts'
import { writeWholeJson } from './whole-file.ts'

/** A launcher takes calls a moment after it has locked its data. */
const APPEARS_MS = 5_000

/** What is ours in whatever version wrote it. */
const Replaceable = LauncherFile.pick({ pid: true, token: true }).loose()

const fileIn = (data: string): string => join(data, 'launcher.json')

/** @returns what removes it */
export function writeLauncherFile(data: string, content: LauncherFile): Disposable {
  const file = fileIn(data)
  writeWholeJson(file, content, before => Replaceable.safeParse(before).success)
  return { [Symbol.dispose]: () => removeFile(file) }
}

/** `silent`: a launcher lives, but cannot be asked. `none`: nothing runs; `killed` is the launcher that ended without its stop. */
export type Found =
  | { readonly kind: 'running'; readonly launcher: LauncherFile }
  | { readonly kind: 'silent'; readonly pid: number }
  | { readonly kind: 'none'; readonly killed: number | undefined }

/** @throws {StartError} when the data belongs to another user */
export async function findLauncher(data: string): Promise<Found> {
  requireReadable(data)
  const until = Date.now() + APPEARS_MS
  for (;;) {
    const pid = launcherOf(data)
    const launcher = readLauncherFile(data)
    if (pid === undefined) return { kind: 'none', killed: launcher?.pid }
    if (launcher?.pid === pid) return { kind: 'running', launcher }
    if (Date.now() > until) return { kind: 'silent', pid }
    await sleep(20)
  }
}

/** Where nobody may look, nothing can be said to be missing. */
function requireReadable(data: string): void {
  try {
    accessSync(data, constants.R_OK | constants.X_OK)
    accessSync(fileIn(data), constants.R_OK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw new StartError(
      `Cannot ask the launcher: ${data} cannot be read (${fileReason(error) ?? errorText(error)}). Run this as the user who started the overlay.`,
    )
  }
}

/** @returns undefined where there is none, or none that is whole */
function readLauncherFile(data: string): LauncherFile | undefined {
  try {
    return LauncherFile.safeParse(jsonOrNothing(readText(fileIn(data), SMALL))).data
  } catch {
    return undefined
  }
}
