/** What Tab makes of the beginning of a line. */
import { COMMANDS } from './command.ts'

/** The words that begin a line of their own: `!check`, `exit` … */
const COMMAND_WORDS = COMMANDS.map(([command]) => command.split(' ')[0] ?? '')
/** Commands that a name follows. */
const NAMED = /^!(?:history|retry)\s+/i

export type Completion = {
  /** The line up to the cursor with as much as is certain. */
  readonly line: string
  /** Where more than one goes on from there: all of them. */
  readonly candidates: readonly string[]
}

/** @param line up to the cursor @param names whom there is to write to */
export function complete(line: string, names: readonly string[]): Completion {
  const command = NAMED.exec(line)?.[0]
  if (command !== undefined) return completeWord(command, line.slice(command.length), names)
  if (/[:\s]/.test(line)) return { line, candidates: [] }
  const words = [...names.map(name => `${name}: `), ...COMMAND_WORDS]
  return completeWord('', line, words)
}

function completeWord(before: string, word: string, words: readonly string[]): Completion {
  const found = words.filter(candidate => candidate.toLowerCase().startsWith(word.toLowerCase()))
  const [only] = found
  if (only === undefined) return { line: before + word, candidates: [] }
  if (found.length === 1) return { line: before + only, candidates: [] }
  const common = commonBeginning(found)
  const line = before + (common.length > word.length ? common : word)
  return { line, candidates: found.map(candidate => candidate.trimEnd()) }
}

/** Without regard to case, as the first one writes it. */
function commonBeginning([first = '', ...others]: readonly string[]): string {
  let length = first.length
  for (const other of others)
    while (other.slice(0, length).toLowerCase() !== first.slice(0, length).toLowerCase()) length -= 1
  return first.slice(0, length)
}
