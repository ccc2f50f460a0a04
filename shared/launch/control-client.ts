/** How a command asks the launcher that runs in another terminal. */
import { join } from 'node:path'
import { HttpClient } from '../process/http-client.ts'
import { bearer } from '../process/overlay-key.ts'
import { Secret } from '../process/secret.ts'
import { StartError } from '../process/start-error.ts'
import type { LauncherFile } from './control-protocol.ts'
import { launcherOf, runningParts } from './lock.ts'
import type { Options } from './options.ts'

export type Ask = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
}

/**
 * @returns the body of the answer
 * @throws {CallRefusedError} when it refuses; the connection's own error when it does not answer in time
 */
export async function askLauncher({ url, token }: LauncherFile, ask: Ask): Promise<unknown> {
  const { method, path, body, timeoutMs } = ask
  using client = new HttpClient()
  const { signal } = new AbortController()
  return await client.json(method, url + path, { body, timeoutMs, signal, headers: bearer(new Secret(token)) })
}

export const silentLauncher = (what: string, { pid, data }: { pid: number; data: string }): StartError =>
  new StartError(
    `Cannot ${what}: process ${pid} holds the data in ${data}, but takes no calls: it restores a backup, imports a history, or is of an older version. Wait for its end, or end it where it was started.`,
  )

/** What may have been meant where nothing runs: parts, the demonstration, or the overlay that is none. Empty where none of these runs. */
export function otherOverlay({ demo, data }: Pick<Options, 'demo' | 'data'>): string {
  const parts = runningParts(data).map(({ part, pid }) => `${part} (process ${pid})`)
  const apart =
    parts.length === 0 ? '' : ` Started one by one, and stopped where they were started: ${parts.join(', ')}.`
  const other = demo ? join(data, '..') : join(data, 'demo')
  if (launcherOf(other) === undefined) return apart
  return `${apart}${demo ? ' An overlay that is no demonstration runs: leave out --demo.' : ' A demonstration runs: add --demo.'}`
}
