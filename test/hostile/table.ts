/** The table of the web list: every figure that is promised against hostile neighbours, as the run itself counted it. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { renderTable } from '../../shared/launch/console.ts'

const Row = z.object({
  attack: z.string(),
  tried: z.int().describe('how often it was really tried'),
  found: z.string().describe('what came of it, such as 0 reads, 0 writes'),
  held: z.boolean(),
})
export type Row = z.infer<typeof Row>

/** `HOSTILE=full` runs the full counts; the tests of every day run small ones. */
export const isFull = process.env['HOSTILE'] === 'full'
export const count = (counts: { full: number; small: number }): number => (isFull ? counts.full : counts.small)

export function report(row: Row): void {
  const file = process.env['HOSTILE_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

export function renderReport(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  const rows = lines.map(line => Row.parse(JSON.parse(line)))
  return renderTable([
    ['ATTACK', 'TRIED', 'FOUND', 'HELD'],
    ...rows.map(({ attack, tried, found, held }) => [attack, String(tried), found, held ? 'yes' : 'NO']),
  ])
}
