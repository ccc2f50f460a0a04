/** Text of others on a terminal: what would steer the terminal is shown instead of obeyed. */
import { printable } from '../../shared/process/printable.ts'

/** One row of text without anything that moves the cursor, colours, or names the window: ESC becomes `\u001b`. */
export const visible = (text: string): string => printable(text.replaceAll('\t', '    '))

/** The rows of a text, whichever line ends its writer's system uses. */
export const rowsOf = (text: string): string[] => text.split(/\r?\n/)

/** Whether a text may be put back into the line that is being typed, which is shown as it is. */
export const isTypeable = (text: string): boolean => visible(text) === text
