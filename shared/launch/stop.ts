/** `startup.ts stop`: asks the launcher of another terminal to stop, and waits until it and its processes are gone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { askLauncher, otherOverlay, silentLauncher } from './control-client.ts'
import { findLauncher } from './control-file.ts'
import { type LauncherFile, OverlayStatus } from './control-protocol.ts'
import { launcherOf } from './lock.ts'
import type { Options } from './options.ts'
import { isAlive } from './wrappers.ts'

const ANSWERS_MS = 5_000
/** A launcher gives its processes five seconds before it ends them. */
const GONE_MS = 30_000

type Gone = { readonly name: string; readonly pid: number }
type Stop = { readonly options: Options; readonly say: (line: string) => void }

/** @returns the exit code @throws {StartError} when the launcher does not end */
export async function stopOverlay({ options, say }: Stop): Promise<number> {
  const found = await findLauncher(options.data)
  if (found.kind === 'none') {
    say(`Nothing to stop: nothing runs with the data in ${options.data}.${otherOverlay(options)}`)
    return 0
  }
  if (found.kind === 'silent') throw silentLauncher('stop it', { pid: found.pid, data: options.data })
  const launcher = found.launcher.pid
  const processes = await askToStop(found.launcher, { data: options.data, say })
  say(
    `Stopping ${processes.length === 0 ? 'everything' : `${processes.length} processes`} (launcher: process ${launcher})`,
  )
  await untilGone([...processes, { name: 'the launcher', pid: launcher }], say)
  say('Everything is stopped.')
  return 0
}

/** @returns the processes that are to go; none where the launcher could only be signalled */
async function askToStop(launcher: LauncherFile, { data, say }: { data: string; say: Stop['say'] }): Promise<Gone[]> {
  const { pid } = launcher
  try {
    const call = { method: 'POST', path: '/api/stop', timeoutMs: ANSWERS_MS } as const
    const { processes } = OverlayStatus.parse(await askLauncher(launcher, call))
    return processes.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]))
  } catch (error) {
    if (launcherOf(data) !== pid) return []
    say(`The launcher (process ${pid}) does not answer (${errorText(error)}); it is sent SIGTERM instead.`)
    process.kill(pid, 'SIGTERM')
    return []
  }
}

/** Says of each that it has ended, as it ends. @throws {StartError} when one does not */
async function untilGone(processes: readonly Gone[], say: Stop['say']): Promise<void> {
  const until = Date.now() + GONE_MS
  let left = processes
  for (;;) {
    for (const { name } of left.filter(({ pid }) => !isAlive(pid))) say(`${name} has ended`)
    left = left.filter(({ pid }) => isAlive(pid))
    if (left.length === 0) return
    if (Date.now() > until)
      throw new StartError(
        `Cannot stop ${left.map(({ name, pid }) => `${name} (process ${pid})`).join(', ')}: still there after ${GONE_MS / 1000} s. kill -9 and the number ends a process at once; nothing that was accepted is lost by that.`,
      )
    await sleep(20)
  }
}
