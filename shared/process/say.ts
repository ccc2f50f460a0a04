/** What a command of the program writes to its terminal: through here, so that nothing it tells of others steers that terminal. */
import { printable, printableLines } from './printable.ts'

/** One line. */
export const say = (line: string): void => void process.stdout.write(`${printable(line)}\n`)

/** Lines of ours, such as a help text or a table. */
export function sayLines(text: string): void {
  for (const line of text.split('\n')) say(line)
}

/** Why something was not done, to the errors' stream: a sentence, perhaps with a list or a trace below it. */
export const complain = (text: string): void => void process.stderr.write(`${printableLines(text.trimEnd())}\n`)

/** An error as it is complained of: in its own words where it has them for a person, else with its trace. */
export const wordsOf = (error: unknown, hasWords: boolean): string =>
  !(error instanceof Error) ? String(error) : hasWords ? error.message : (error.stack ?? error.message)
