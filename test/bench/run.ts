/**
 * `npm run bench [-- NAME …]`: prints a table of figures against their aims and writes them to `data/bench.json`.
 * Medians of several runs, with a floor measured in the same run where there is one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { renderTable } from '../../shared/launch/console.ts'
import { didYouMean } from '../../shared/process/did-you-mean.ts'
import { ai } from './ai.ts'
import { controllerLoad } from './controller-load.ts'
import { type Figure, medians, type Scenario, toRow } from './figure.ts'
import { history } from './history.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { start } from './start.ts'
import { steady, throughput } from './throughput.ts'
import { waiting } from './waiting.ts'

const scenarios: readonly Scenario[] = [start, oneAtATime, throughput, steady, history, waiting, controllerLoad, ai]

const help = `npm run bench [-- NAME …]   without a name: all of them, in some minutes

${renderTable(scenarios.map(({ name, about, runs }) => [`  ${name}`, about, `${runs} ${runs === 1 ? 'run' : 'runs'}`]))}
`

async function measure({ name, runs, run }: Scenario): Promise<Figure[][]> {
  const results: Figure[][] = []
  for (let n = 1; n <= runs; n += 1) {
    process.stdout.write(`${name}: run ${n} of ${runs}\n`)
    results.push(await run())
  }
  return results
}

const names = process.argv.slice(2)
const unknown = names.filter(name => !scenarios.some(scenario => scenario.name === name))
if (unknown.length > 0) {
  const known = [...scenarios.map(({ name }) => name), '--help']
  for (const name of unknown.filter(name => name !== '--help' && name !== '-h'))
    process.stderr.write(`Cannot measure "${name}": there is no such scenario.${didYouMean(name, known)}\n\n`)
  process.stdout.write(help)
  process.exitCode = unknown.every(name => name === '--help' || name === '-h') ? 0 : 1
} else {
  const chosen = names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name))
  const measured: { scenario: string; runs: Figure[][] }[] = []
  for (const scenario of chosen) measured.push({ scenario: scenario.name, runs: await measure(scenario) })
  const rows = measured.flatMap(({ runs }) => medians(runs)).map(toRow)
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`
  process.stdout.write(`\n${renderTable([['FIGURE', 'MEASURED', 'AIM', 'FLOOR'], ...rows])}\n\n${machine}\n`)
  mkdirSync('data', { recursive: true })
  const report = { node: process.version, cores: cpus().length, load: loadavg(), measured }
  writeFileSync('data/bench.json', `${JSON.stringify(report, null, 2)}\n`)
}
