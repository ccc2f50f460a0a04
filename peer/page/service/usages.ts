/** The commands of a service, as it names them. */

/** What every service answers, also one that was never met. */
const FIRST = ['help']

/** Each in one line of what can be seen: a button says what it sends. */
export function usagesOf(commands: readonly string[] = []): readonly string[] {
  const usages = commands.map(inOneLine).filter(usage => usage !== '')
  return usages.length === 0 ? FIRST : [...new Set(usages)]
}

/** The beginning of a command to which something has to be added; undefined for one that is whole. */
export function beginningOf(usage: string): string | undefined {
  const [command = '', ...rest] = usage.trim().split(/\s+/)
  return rest.length === 0 ? undefined : `${command} `
}

/** Without line breaks and other characters that nobody sees, such as those that turn the direction of writing. */
const inOneLine = (usage: string): string => usage.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
