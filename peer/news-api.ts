/** What a page hears of its peer: how everything is now, and from there on what happens. */
import type { Api } from '../shared/process/api.ts'
import { EventsQuery, Present, type PresentEvent } from '../shared/protocol/present.ts'
import type { Desk } from './desk.ts'
import type { LookingBack } from './looking-back.ts'

export function addNews(api: Api, desk: Desk, past: Pick<LookingBack, 'conversations'>): void {
  api.route(
    {
      method: 'get',
      path: '/api/events',
      summary: 'News for the page',
      headers: { 'last-event-id': 'the last event heard: what was missed is sent first' },
      query: EventsQuery,
      answers: { 200: null },
    },
    ({ c }) => desk.pages.open(c, () => presentEvents(desk)),
  )
  api.route(
    {
      method: 'get',
      path: '/api/present',
      summary: 'How everything is now, as events, and where the stream goes on from there',
      answers: { 200: Present },
    },
    ({ c }) =>
      c.json(
        desk.pages.present([
          { event: 'me', data: desk.me },
          { event: 'conversations', data: past.conversations() },
          ...presentEvents(desk),
        ]),
      ),
  )
}

/** What a page that starts anew needs beyond what it reads from the other calls. */
const presentEvents = (desk: Desk): PresentEvent[] => [
  { event: 'connection', data: desk.connection },
  { event: 'peers', data: desk.peers() },
  ...desk.answers.present().map(data => ({ event: 'delta', data })),
]
