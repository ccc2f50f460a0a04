/** `npm run test:hostile`: every attack in its full count, and the table of what came of each. Arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seed } from './draw.ts'
import { renderReport } from './table.ts'

const folder = mkdtempSync(join(tmpdir(), 'overlay-hostile-'))
const file = join(folder, 'rows.jsonl')
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'hostile', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, vitest, {
  stdio: 'inherit',
  env: { ...process.env, HOSTILE: 'full', HOSTILE_REPORT: file, SEED: String(seed) },
})
process.stdout.write(`\n${renderReport(file)}\n\nThe same again: SEED=${seed} npm run test:hostile\n`)
rmSync(folder, { recursive: true, force: true })
process.exit(status ?? 1)
