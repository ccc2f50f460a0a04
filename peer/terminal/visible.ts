/** Text of others on a terminal: what would steer the terminal is shown instead of obeyed. */

/** Characters that steer (Cc: C0, DEL, C1), that end a row, or that turn the direction of writing around. */
const STEERING = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** One row of text without anything that moves the cursor, colours, or names the window: ESC becomes ␛. */
export const visible = (text: string): string => text.replace(STEERING, pictureOf)

function pictureOf(character: string): string {
  if (character === '\t') return '    '
  const code = character.charCodeAt(0)
  // The pictures of the control characters stand in their order from U+2400 on.
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** The rows of a text, whichever line ends its writer's system uses. */
export const rowsOf = (text: string): string[] => text.split(/\r?\n/)

/** Whether a text may be put back into the line that is being typed, which is shown as it is. */
export const isTypeable = (text: string): boolean => visible(text) === text
