/** A conversation as a file of the reader's own. */
import { fullDate } from '../../../shared/page/time.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { PeerApi } from '../api.ts'

const PAGE = 200

/** All messages, the oldest first. */
export async function readWhole(peer: string, history: PeerApi['history']): Promise<readonly MessageRecord[]> {
  const pages: (readonly MessageRecord[])[] = []
  let before: string | null | undefined
  while (before !== null) {
    const page = await history(peer, before === undefined ? { limit: PAGE } : { before, limit: PAGE })
    pages.unshift(page.messages)
    before = page.before
  }
  return pages.flat()
}

/** @param shown what is read of a name */
export function asMarkdown(peer: string, records: readonly MessageRecord[], shown: (name: string) => string): string {
  const messages = records.map(
    record => `## ${shown(record.sender)}, ${fullDate(record.timestamp)}\n\n${record.message}\n`,
  )
  return [`# Conversation with ${shown(peer)}\n`, ...messages].join('\n')
}

export const asJson = (records: readonly MessageRecord[]): string => `${JSON.stringify(records, null, 2)}\n`

/** Hands a text to the browser as a file to save. */
export function saveFile(file: { readonly name: string; readonly type: string; readonly text: string }): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }))
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
}
