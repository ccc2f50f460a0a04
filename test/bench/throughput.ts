/** Many messages from one peer to another, durable at every hop, one POST a message. */
import { Overlay } from '../harness/overlay.ts'
import { quantile } from '../harness/quantile.ts'
import { drive } from './drive.ts'
import type { Scenario } from './figure.ts'
import { Floor } from './floor.ts'
import type { LoadJob, LoadResult } from './load-job.ts'

const TEXT = 'how many of these go through in a second, I wonder?'
const SENDERS = 64
const MESSAGES = 10_000
const WARM_UP = 3_000
const PER_SECOND = 500
const STEADY_S = 10

type Path = Pick<LoadJob, 'post' | 'events'>

const burst = ({ post, events }: Path, count: number): Promise<LoadResult> =>
  drive({ post, events, count, senders: SENDERS, perSecond: null, text: TEXT })
const perSecond = ({ ms }: LoadResult): number => (MESSAGES / ms) * 1_000

export const throughput: Scenario = {
  name: 'throughput',
  about: `${SENDERS} senders in parallel, from the first POST until the last message is shown`,
  runs: 3,
  run: async () => {
    const path = await withOverlay(async path => {
      await burst(path, WARM_UP)
      return perSecond(await burst(path, MESSAGES))
    })
    using floor = await Floor.start('grouped')
    await floor.while(burst(floor, WARM_UP))
    const bare = perSecond(await floor.while(burst(floor, MESSAGES)))
    const name = `durable end to end, one pair, ${SENDERS} senders`
    return [{ name, measured: path, unit: 'messages/s', aim: { atLeast: 3_000 }, floor: bare }]
  },
}

export const steady: Scenario = {
  name: 'steady',
  about: `${PER_SECOND} messages a second, each timed from when it was due`,
  runs: 3,
  run: async () => {
    const job = { count: PER_SECOND * STEADY_S, senders: SENDERS, perSecond: PER_SECOND, text: TEXT }
    const path = await withOverlay(async path => {
      await burst(path, WARM_UP)
      return drive({ ...path, ...job })
    })
    using floor = await Floor.start('grouped')
    await floor.while(burst(floor, WARM_UP))
    const bare = await floor.while(drive({ post: floor.post, events: floor.events, ...job }))
    const name = (share: number) => `steady ${PER_SECOND} a second, POST to event, p${share * 100}`
    return [
      { name: name(0.5), measured: quantile(path.toShow, 0.5), unit: 'ms', floor: quantile(bare.toShow, 0.5) },
      {
        name: name(0.99),
        measured: quantile(path.toShow, 0.99),
        unit: 'ms',
        aim: { atMost: 50 },
        floor: quantile(bare.toShow, 0.99),
      },
    ]
  },
}

/** With the bundles that people run. */
async function withOverlay<T>(measure: (path: Path) => Promise<T>): Promise<T> {
  await using overlay = await Overlay.start()
  return await measure({
    post: `${overlay.peer(1)}/api/conversations/behrooz/messages`,
    events: `${overlay.peer(0)}/api/events`,
  })
}
