/** Who may use a data folder: one whole overlay, or parts of one that each run once; two of a kind would write the same stores. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { StartError } from '../process/start-error.ts'
import { requireWritable } from './data-folder.ts'
import { claimPidFile, otherLauncher } from './pid-file.ts'
import { shellWord } from './shell-word.ts'
import { readUnfinished } from './unfinished-restore.ts'

const WHOLE = 'overlay.pid'
const WHOLE_RUNNING = 'an overlay'
/** Of a part such as `proxy-alice`. */
const PART = '.part.pid'

/**
 * @param what is about to be done, for the wording
 * @param evenUnfinished whether the caller finishes a restore that was interrupted
 * @throws {StartError} while another launcher with the same data folder lives, whether of everything or of a part, and
 *   when a restore was interrupted there
 */
export function lockData(data: string, { what = 'start', evenUnfinished = false } = {}): Disposable {
  const lock = lockFile({ data, file: WHOLE, running: WHOLE_RUNNING, what })
  return keepUnless(lock, () => {
    if (!evenUnfinished) requireNoUnfinished(data, what)
    for (const { part, pid } of runningParts(data)) throw runsAlready({ what, running: part, data, pid })
  })
}

/**
 * @param part such as `proxy alice`, which may run beside other parts
 * @throws {StartError} while it, or a whole overlay, runs with the same data folder, and when a restore was interrupted there
 */
export function lockPart(data: string, part: string): Disposable {
  const what = `start ${part}`
  const lock = lockFile({ data, file: `${part.toLowerCase().replaceAll(' ', '-')}${PART}`, running: part, what })
  return keepUnless(lock, () => {
    requireNoUnfinished(data, what)
    const pid = otherLauncher(join(data, WHOLE))
    if (pid !== undefined) throw runsAlready({ what, running: WHOLE_RUNNING, data, pid })
  })
}

/** The process that runs, or restores, the whole overlay of a data folder; undefined when none does. */
export const launcherOf = (data: string): number | undefined => otherLauncher(join(data, WHOLE))

/** The parts that were started one by one and run with a data folder, such as `proxy alice`, in small letters. */
export const runningParts = (data: string): { part: string; pid: number }[] =>
  (existsSync(data) ? readdirSync(data) : [])
    .filter(file => file.endsWith(PART))
    .flatMap(file => {
      const pid = otherLauncher(join(data, file))
      return pid === undefined ? [] : [{ part: basename(file, PART).replace('-', ' '), pid }]
    })

type Running = { readonly what: string; readonly running: string; readonly data: string }

function lockFile({ data, file, running, what }: Running & { file: string }): Disposable {
  requireWritable(data, what)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const lock = claimPidFile(join(data, file))
  if (typeof lock === 'number') throw runsAlready({ what, running, data, pid: lock })
  return lock
}

/** The own lock is there before others are looked for: of two that start at once, none overlooks the other. */
function keepUnless(lock: Disposable, check: () => void): Disposable {
  try {
    check()
    return lock
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

const runsAlready = ({ what, running, data, pid }: Running & { pid: number }): StartError =>
  new StartError(
    `Cannot ${what}: ${running} with the data in ${data} is running already (process ${pid}). Stop it${running === WHOLE_RUNNING ? ` (npx tsx startup.ts stop --data ${shellWord(data)})` : ''}, or choose another folder with --data.`,
  )

function requireNoUnfinished(data: string, what: string): void {
  const unfinished = readUnfinished(data)
  if (unfinished === undefined) return
  throw new StartError(
    `Cannot ${what}: a restore into ${data} was interrupted. Run it again: npx tsx startup.ts restore ${shellWord(unfinished.folder)} --data ${shellWord(data)}`,
  )
}
