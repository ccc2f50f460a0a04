/** `npm run test:chaos`: every fault in its full count, and a table of what was really injected and hit. Arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderReport } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'overlay-chaos-'))
const file = join(folder, 'rows.jsonl')
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'chaos',
  '--project',
  'model',
  ...process.argv.slice(2),
]
const { status } = spawnSync(process.execPath, vitest, {
  stdio: 'inherit',
  env: { ...process.env, CHAOS: 'full', CHAOS_REPORT: file },
})
process.stdout.write(`\n${renderReport(file)}\n`)
rmSync(folder, { recursive: true, force: true })
process.exit(status ?? 1)
