/** What a page hears of its peer: how everything is now, and from there on what happens. */
import type { Api } from '../shared/process/api.ts'
import { addNewsRoutes } from '../shared/process/news-routes.ts'
import type { PresentEvent } from '../shared/protocol/present.ts'
import type { Desk } from './desk.ts'
import type { LookingBack } from './looking-back.ts'

export function addNews(api: Api, desk: Desk, past: Pick<LookingBack, 'conversations'>): void {
  addNewsRoutes(api, {
    summary: 'News for the page',
    open: c => desk.pages.open(c, () => presentEvents(desk)),
    present: () =>
      desk.pages.present([
        { event: 'me', data: desk.me },
        { event: 'conversations', data: past.conversations() },
        ...presentEvents(desk),
      ]),
  })
}

/** What a page that starts anew needs beyond what it reads from the other calls. */
const presentEvents = (desk: Desk): PresentEvent[] => [
  { event: 'connection', data: desk.connection },
  { event: 'peers', data: desk.peers() },
  ...desk.answers.present().map(data => ({ event: 'delta', data })),
]
