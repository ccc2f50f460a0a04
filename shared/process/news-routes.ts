/** The two calls by which a page hears news: its event stream, and how everything is at one place in that stream. */
import type { Context } from 'hono'
import { EventsQuery, Present } from '../protocol/present.ts'
import type { Api } from './api.ts'

export function addNewsRoutes(
  api: Api,
  parts: { readonly summary: string; open(c: Context): Response; present(): Present },
): void {
  api.route(
    {
      method: 'get',
      path: '/api/events',
      summary: parts.summary,
      headers: { 'last-event-id': 'the last event heard: what was missed is sent first' },
      query: EventsQuery,
      answers: { 200: null },
    },
    ({ c }) => parts.open(c),
  )
  api.route(
    {
      method: 'get',
      path: '/api/present',
      summary: 'How everything is now, as events, and where the stream goes on from there',
      answers: { 200: Present },
    },
    ({ c }) => c.json(parts.present()),
  )
}
