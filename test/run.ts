/** `npm test`: makes sure that there is a Chromium to drive, then runs every test. Arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { findChromium } from './harness/chromium.ts'

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: 'inherit' })
  return result.status ?? 1
}

/** Installs Chromium with the system's package manager where this process may. */
function installChromium(): void {
  const isDebian = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  if (!isDebian || process.getuid?.() !== 0) return
  process.stdout.write('No Chromium here: installing it with apt-get for the browser tests.\n')
  run('apt-get', ['update', '-q'])
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'])
}

if (findChromium() === undefined) installChromium()
if (findChromium() === undefined) {
  process.stderr.write(
    'Cannot run the browser tests: no Chromium found. Install it (Debian: apt-get install chromium) or set CHROME_PATH.\n',
  )
  process.exit(1)
}
process.exit(run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]))
