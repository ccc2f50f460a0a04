/**
 * The processes that `npx tsx startup.ts` puts around this one: npm, a shell, tsx. npm does not pass SIGTERM on, so
 * that the end of any of them has to count as the wish to stop.
 */
import { execFileSync } from 'node:child_process'
import { errorCode } from '../protocol/errors.ts'

const WRAPPER = /\bnpm (exec|run|start)\b|\bnpx\b|\bsh -c\b.*tsx|\btsx\b/

/** @returns the process ids of the wrappers, nearest first; the parent alone where the system does not tell */
export function wrapperPids(): number[] {
  const processes = listProcesses()
  const found = [process.ppid]
  for (
    let next = processes.get(process.ppid);
    next !== undefined && WRAPPER.test(next.args);
    next = processes.get(next.parent)
  )
    found.push(next.parent)
  // The last one found is whoever called npx: a shell or a service manager, whose end is not ours.
  return found.length > 1 ? found.slice(0, -1) : found
}

function listProcesses(): Map<number, { parent: number; args: string }> {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n')
    return new Map(
      lines.flatMap(line => {
        const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)
        return match === null ? [] : [[Number(match[1]), { parent: Number(match[2]), args: match[3] ?? '' }] as const]
      }),
    )
  } catch {
    return new Map()
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Without the right to signal it, it is somebody else's, and alive.
    return errorCode(error) === 'EPERM'
  }
}

/** The command line of a living process; undefined where the system does not tell. */
export const commandOf = (pid: number): string | undefined => listProcesses().get(pid)?.args
