/** Resident memory of processes, in MB (10^6 bytes). */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export type Memory = { readonly rss: number; readonly pss: number | null }

/**
 * RSS counts a page once for each process that has it mapped, PSS divides it among them: the sum of PSS is what the
 * processes take together. PSS is null where the system does not tell it.
 */
export function memoryOf(pids: readonly number[]): Memory {
  const rss = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' })
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return {
    rss: sum(rss.trim().split('\n').map(Number)) * 1.024e-3,
    pss: existsSync('/proc/self/smaps_rollup') ? sum(pids.map(pssOf)) : null,
  }
}

function pssOf(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(match?.[1] ?? 0) * 1.024e-3
}
