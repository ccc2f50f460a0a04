/** `npm test`: refuses a lockfile that could install what nobody reviewed, makes sure that the programs are there that the tests drive, then runs every test. Arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from './harness/chromium.ts'
import { lockfileProblems } from './lockfile.ts'

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: 'inherit' })
  return result.status ?? 1
}

type Program = {
  readonly name: string
  readonly isThere: () => boolean
  readonly purpose: string
  readonly hint: string
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'chromium',
    isThere: () => findChromium() !== undefined,
    purpose: 'the browser tests',
    hint: 'Install it (Debian: apt-get install chromium) or set CHROME_PATH.',
  },
  {
    name: 'strace',
    isThere: () => spawnSync('strace', ['--version'], { stdio: 'ignore' }).status === 0,
    purpose: 'the tests of failing disks',
    hint: 'Install it (Debian: apt-get install strace).',
  },
]

/** Installs what is missing with the system's package manager, where this process may. Ends the tests where it cannot. */
function requirePrograms(programs: readonly Program[]): void {
  const missing = programs.filter(({ isThere }) => !isThere())
  const isDebian = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  if (missing.length > 0 && isDebian && process.getuid?.() === 0) {
    const names = missing.map(({ name }) => name)
    process.stdout.write(`Not here: ${names.join(', ')}. Installing with apt-get.\n`)
    run('apt-get', ['update', '-q'])
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names])
  }
  const absent = missing.filter(({ isThere }) => !isThere())
  for (const { name, purpose, hint } of absent)
    process.stderr.write(`Cannot run ${purpose}: no ${name} found. ${hint}\n`)
  if (absent.length > 0) process.exit(1)
}

/** Before anything that was installed with it is run by the tests. */
function requireSoundLockfile(): void {
  const problems = lockfileProblems(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'))
  if (problems.length === 0) return
  process.stderr.write(`Cannot accept package-lock.json:\n${problems.map(problem => `  ${problem}\n`).join('')}`)
  process.exit(1)
}

requireSoundLockfile()
requirePrograms(PROGRAMS)
process.exit(run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]))
