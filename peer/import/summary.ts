/** What came of an import, in words. */
import { figure } from '../../shared/written.ts'
import type { Notes } from './imported.ts'
import type { Outcome } from './into-history.ts'

/** Most conversations that are named. */
const NAMED = 10

export function summaryOf(
  owner: string,
  { added, failed, known, leftSince, wereCleared }: Outcome,
  notes: Notes,
): string[] {
  const { empty, toOneself } = notes
  if (added.size === 0 && known === 0 && empty === 0 && toOneself === 0)
    return [`Nothing to import into ${owner}: there is no message in the file.`]
  const parts = [
    imported(owner, added),
    known > 0 && `${figure(known)} ${was(known)} there already`,
    empty > 0 && `${figure(empty)} empty ${empty === 1 ? 'one was' : 'ones were'} left out`,
    toOneself > 0 && `${figure(toOneself)} to oneself ${was(toOneself)} left out`,
  ]
  const { cut, statuses, renamed } = notes
  return [
    `${parts.filter(part => part !== false).join('; ')}.`,
    ...(failed > 0 ? [`${figure(failed)} of one's own never left: shown as failed, to be sent again with Retry.`] : []),
    ...(leftSince > 0
      ? [`${figure(leftSince)} that had not left at an earlier import ${leftSince === 1 ? 'has' : 'have'} left since.`]
      : []),
    ...(cut > 0 ? [`${figure(cut)} longer than 64 KiB ${was(cut)} cut there.`] : []),
    ...(wereCleared ? ['Some had been cleared here: they are back.'] : []),
    ...[...statuses].map(
      ([status, times]) => `The status "${status}" is not known (${messages(times)}): taken as delivered.`,
    ),
    ...[...renamed].map(([from, to]) => `"${from}" is called ${to} here.`),
  ]
}

function imported(owner: string, added: ReadonlyMap<string, number>): string {
  if (added.size === 0) return `Imported nothing new into ${owner}`
  const largest = [...added].sort(([, a], [, b]) => b - a)
  const named = largest.slice(0, NAMED).map(([name, number]) => `${name} ${figure(number)}`)
  if (largest.length > NAMED) named.push(`${figure(largest.length - NAMED)} more`)
  const all = largest.reduce((sum, [, number]) => sum + number, 0)
  const conversations = added.size === 1 ? '1 conversation' : `${figure(added.size)} conversations`
  return `Imported ${messages(all)} of ${conversations} into ${owner} (${named.join(', ')})`
}

const was = (number: number): string => (number === 1 ? 'was' : 'were')
const messages = (number: number): string => (number === 1 ? '1 message' : `${figure(number)} messages`)
