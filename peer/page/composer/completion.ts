/** Which commands could be meant by what is written so far. */
import type { CommandEntry } from '../../../shared/protocol/peer-api.ts'

/** Those that begin with it; none unless a slash stands first. */
export function completionsOf(text: string, commands: readonly CommandEntry[]): readonly CommandEntry[] {
  const [, begun] = /^\/([^\n]*)$/.exec(text) ?? []
  if (begun === undefined) return []
  return commands.filter(({ command }) => command.toLowerCase().startsWith(begun.toLowerCase()))
}

/** Whether a text is that command already, so that there is nothing to complete. */
export const isWhole = (text: string, { command }: CommandEntry): boolean =>
  text.trim().toLowerCase() === `/${command.toLowerCase()}`
