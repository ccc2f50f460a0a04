/** `startup.ts status`: what runs, seen from another terminal. */
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { renderTable } from './console.ts'
import { askLauncher, otherOverlay, silentLauncher } from './control-client.ts'
import { findLauncher } from './control-file.ts'
import { type LauncherFile, OverlayStatus, type ProcessStatus } from './control-protocol.ts'
import type { Options } from './options.ts'

/** As `systemctl status`: 0 when all is well, 3 when nothing runs. */
const EXIT = { ready: 0, notReady: 1, nothing: 3 } as const
const ANSWERS_MS = 5_000

type Report = { readonly options: Options; readonly now: Date; readonly say: (line: string) => void }

/** @returns the exit code @throws {StartError} when a launcher runs but does not answer */
export async function showStatus({ options, now, say }: Report): Promise<number> {
  const found = await findLauncher(options.data)
  if (found.kind === 'none') {
    const killed = found.killed === undefined ? '' : ` Its launcher (process ${found.killed}) ended without a stop.`
    say(`Nothing runs with the data in ${options.data}.${killed}${otherOverlay(options)}`)
    return EXIT.nothing
  }
  if (found.kind === 'silent') throw silentLauncher('ask what runs', { pid: found.pid, data: options.data })
  const status = await askStatus(found.launcher)
  const lines = options.json ? JSON.stringify(status, null, 2).split('\n') : statusLines(status, now)
  for (const line of lines) say(line)
  return status.processes.every(({ state }) => state === 'ready') ? EXIT.ready : EXIT.notReady
}

async function askStatus(launcher: LauncherFile): Promise<OverlayStatus> {
  try {
    const answer = await askLauncher(launcher, { method: 'GET', path: '/api/status', timeoutMs: ANSWERS_MS })
    return OverlayStatus.parse(answer)
  } catch (error) {
    throw new StartError(
      `Cannot ask what runs: the launcher (process ${launcher.pid}) does not answer (${errorText(error)}). npx tsx startup.ts stop ends it.`,
    )
  }
}

export function statusLines({ processes, ...status }: OverlayStatus, now: Date): string[] {
  const rows = processes.map(({ name, state, pid, address, since, restarts }) => [
    ...[name, WORDS[state], String(pid ?? '-'), address ?? '-'],
    ...[since === null ? '-' : duration(now.getTime() - Date.parse(since)), String(restarts)],
  ])
  const reasons = processes.flatMap(({ name, detail }) => (detail === undefined ? [] : [`${name}: ${detail}`]))
  const what = status.demo ? 'A demonstration' : 'An overlay'
  const up = duration(now.getTime() - Date.parse(status.since))
  return [
    `${what} runs for ${up} (process ${status.pid}), with the data in ${status.data}${status.web ? '' : ', without pages'}.`,
    '',
    ...renderTable([['PROCESS', 'STATE', 'PID', 'ADDRESS', 'UP', 'RESTARTS'], ...rows]).split('\n'),
    ...(reasons.length === 0 ? [] : ['', ...reasons]),
    '',
    summary(processes, status.data),
  ]
}

const WORDS: Readonly<Record<ProcessStatus['state'], string>> = {
  starting: 'starting',
  ready: 'ready',
  waiting: 'to be started again',
  down: 'down',
  stopping: 'stopping',
  stopped: 'stopped',
}

function summary(processes: readonly ProcessStatus[], data: string): string {
  const ready = processes.filter(({ state }) => state === 'ready').length
  if (ready === processes.length) return 'Everything is ready.'
  return `${ready} of ${processes.length} processes are ready; ${data}/logs says more.`
}

/** A length of time as people say it, in its two largest units. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = units.findIndex(([value]) => value > 0)
  if (first === -1) return '0 s'
  const shown = units.slice(first, first + 2).filter(([value]) => value > 0)
  return shown.map(([value, unit]) => `${value} ${unit}`).join(' ')
}
