/** The calls of this page to its own peer. */
import type * as z from 'zod'
import { requestJson } from '../../shared/page/request.ts'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import type {
  CommandEntry,
  HistoryPage,
  Links as LinksSchema,
  Me,
  MessageAccepted,
  ReplyMode,
} from '../../shared/protocol/peer-api.ts'

export type Links = z.infer<typeof LinksSchema>

const at = (peer: string): string => `/api/conversations/${encodeURIComponent(peer)}`

export const peerApi = {
  setMode: (mode: ReplyMode) => requestJson<Me>('/api/me', { method: 'PUT', body: { mode } }),
  links: () => requestJson<Links>('/api/links'),
  commands: () => requestJson<CommandEntry[]>('/api/commands'),

  /** A page of history, the newest one unless `before` is the cursor of another. */
  history(peer: string, page: { before?: string; limit: number }): Promise<HistoryPage> {
    const query = new URLSearchParams({ limit: String(page.limit) })
    if (page.before !== undefined) query.set('before', page.before)
    return requestJson<HistoryPage>(`${at(peer)}/messages?${query}`)
  },

  /** The same id may be posted again: the message is accepted once. */
  send: (peer: string, message: { id: string; message: string }) =>
    requestJson<MessageAccepted>(`${at(peer)}/messages`, { method: 'POST', body: message }),
  markRead: (peer: string) => requestJson<unknown>(`${at(peer)}/read`, { method: 'POST', body: {} }),
  tellTyping: (peer: string) => requestJson<unknown>(`${at(peer)}/typing`, { method: 'POST', body: {} }),
  clear: (peer: string) => requestJson<unknown>(at(peer), { method: 'DELETE' }),
  clearAll: () => requestJson<unknown>('/api/conversations', { method: 'DELETE' }),
  cancel: (id: string) => requestJson<unknown>(`/api/messages/${id}/cancel`, { method: 'POST', body: {} }),
  retry: (id: string) => requestJson<unknown>(`/api/messages/${id}/retry`, { method: 'POST', body: {} }),

  search: (words: string, signal: AbortSignal) =>
    requestJson<MessageRecord[]>(`/api/search?${new URLSearchParams({ q: words })}`, { signal }),
}

export type PeerApi = typeof peerApi
