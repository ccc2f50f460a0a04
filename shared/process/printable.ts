/** Text for a terminal or a log file: what would steer the one or end a line of the other is shown instead of obeyed. */

/**
 * Characters that steer a terminal (Cc: C0, DEL, C1), that some programs end a line at (U+2028, U+2029), or that turn the
 * direction of the text around them (U+202A to U+202E, U+2066 to U+206F). The marks U+200E, U+200F and U+061C turn
 * nothing around and belong to written Arabic and Hebrew.
 */
const STEERING = /[\p{Cc}\u2028-\u202e\u2066-\u206f]/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line: each character that steers as a string of JSON has it, such as `\u001b`. A line of JSON keeps its meaning. */
export const printable = (text: string): string => text.replace(STEERING, escaped)

const escaped = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Several lines, such as a trace or a list: all but the first are indented, so that none can pass for a line of its own. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 || line === '' || line.startsWith('  ') ? '' : '  ') + printable(line))
    .join('\n')
