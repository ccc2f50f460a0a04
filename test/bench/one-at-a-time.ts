/** One message at a time, from the POST at one peer to the event at the other. */
import { Overlay } from '../harness/overlay.ts'
import { quantile } from '../harness/quantile.ts'
import type { Figure, Scenario } from './figure.ts'
import { Floor } from './floor.ts'
import { roundTrips } from './round-trip.ts'

const MESSAGES = 300

export const oneAtATime: Scenario = {
  name: 'one-at-a-time',
  about: 'a message on an idle line, until it is shown',
  runs: 3,
  run: async () => {
    const path = await measureOverlay()
    using floor = await Floor.start('each')
    await floor.while(roundTrips(floor, MESSAGES))
    const bare = (await floor.while(roundTrips(floor, MESSAGES))).toShow
    const figure = (share: number, atMost: number): Figure => ({
      name: `one at a time, POST to event, p${share * 100}`,
      measured: quantile(path, share),
      unit: 'ms',
      aim: { atMost },
      floor: quantile(bare, share),
    })
    return [figure(0.5, 3), figure(0.99, 15)]
  },
}

async function measureOverlay(): Promise<number[]> {
  await using overlay = await Overlay.start()
  const path = {
    post: `${overlay.peer(1)}/api/conversations/behrooz/messages`,
    events: `${overlay.peer(0)}/api/events`,
  }
  await roundTrips(path, MESSAGES)
  return (await roundTrips(path, MESSAGES)).toShow
}
