/** Reads what strace wrote of a process, and judges the order of its commits and its answers. */
import { readFileSync } from 'node:fs'
import type { Life } from '../harness/fleet.ts'

/** Longest part of a written buffer that is shown: a page of the log, with its text as it is. */
const SHOWN_BYTES = 8_192

/**
 * Put before a command: its writes and syncs go to a file. Its main thread only, which is the one that commits and answers;
 * should that change, the judge finds no commit and says so.
 */
export const traced = (file: string): readonly string[] => [
  'strace',
  '-y',
  '-s',
  String(SHOWN_BYTES),
  '-e',
  'trace=fdatasync,fsync,write,writev,pwrite64,sendto,sendmsg',
  '-o',
  file,
]

/**
 * Stops the process under strace in order, so that strace writes everything it saw. A kill would end strace alone and leave
 * the process.
 */
export async function stopTraced(life: Life): Promise<void> {
  if (!life.isAlive) return
  const children = readFileSync(`/proc/${life.pid}/task/${life.pid}/children`, 'utf8').trim().split(' ')
  for (const child of children) process.kill(Number(child), 'SIGTERM')
  await life.exited
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

export const idsIn = (text: string): string[] => [...text.matchAll(UUID)].map(([id]) => id)

export type Judgement = {
  /** Ids that were promised to somebody. */
  readonly promised: string[]
  /** Those of them that were promised before the log was synced after their first write to it. */
  readonly early: string[]
}

/**
 * @param log the name of the write-ahead log, such as `peer.db-wal`
 * @param promises the ids that an answer, as strace shows it, promises to be on disk; none for other answers
 */
export function judge(
  trace: string,
  { log, promises }: { log: string; promises: (answer: string) => readonly string[] },
): Judgement {
  const written = new Set<string>()
  const onDisk = new Set<string>()
  const promised = new Set<string>()
  const early = new Set<string>()
  for (const line of trace.split('\n')) {
    const call = /^(\w+)\(\d+<([^>]*)>/.exec(line)
    if (call === null) continue
    const [, name = '', file = ''] = call
    if (file.endsWith(log)) {
      if (name === 'pwrite64') for (const id of idsIn(line)) written.add(id)
      else if (name === 'fsync' || name === 'fdatasync') for (const id of written) onDisk.add(id)
    } else if (file.startsWith('socket:') && line.includes('"HTTP/1.1 20'))
      for (const id of promises(line)) {
        if (!promised.has(id) && !onDisk.has(id)) early.add(id)
        promised.add(id)
      }
  }
  return { promised: [...promised], early: [...early] }
}
