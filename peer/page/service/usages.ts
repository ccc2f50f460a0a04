/** The commands of a service, as its messages name them. */
import type { MessageRecord } from '../../../shared/protocol/message.ts'

/** What every service answers, also one that has not said anything yet. */
const FIRST = ['help']

/** Those of the newest message that names any. */
export function usagesIn(records: readonly MessageRecord[]): readonly string[] {
  const newest = records.findLast(({ sender, conversation, metadata }) => sender === conversation && metadata.commands)
  const usages = newest?.metadata.commands?.filter(usage => usage.trim() !== '') ?? []
  return usages.length === 0 ? FIRST : [...new Set(usages)]
}

/** The beginning of a command to which something has to be added; undefined for one that is whole. */
export function beginningOf(usage: string): string | undefined {
  const [command = '', ...rest] = usage.trim().split(/\s+/)
  return rest.length === 0 ? undefined : `${command} `
}
