/** What each row of the chaos tests did: collected from all test processes, printed as one table at the end. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { renderTable } from '../../shared/launch/console.ts'

const Row = z.object({
  row: z.number().describe('its number in the list of promises, see docs/promises.md'),
  fault: z.string(),
  injected: z.int().describe('how often the fault was caused'),
  hit: z.int().describe('how often it met something under way'),
  messages: z.int().describe('messages that the checker judged'),
  held: z.string().describe('what was found, such as 0/0/0: lost, shown twice, out of order'),
})
export type Row = z.infer<typeof Row>

/** `CHAOS=full` runs the full counts; the tests of every day run small ones. */
export const isFull = process.env['CHAOS'] === 'full'
export const count = (counts: { full: number; small: number }): number => (isFull ? counts.full : counts.small)

export function report(row: Row): void {
  const file = process.env['CHAOS_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

export function renderReport(file: string): string {
  const rows = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  const read = rows.map(line => Row.parse(JSON.parse(line))).sort((a, b) => a.row - b.row)
  const cells = read.map(({ row, fault, injected, hit, messages, held }) =>
    [row, fault, injected, hit, messages, held].map(String),
  )
  return renderTable([['ROW', 'FAULT', 'INJECTED', 'HIT', 'MESSAGES', 'HELD'], ...cells])
}
