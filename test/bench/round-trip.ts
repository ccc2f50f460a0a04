/** Times messages one at a time: from the POST to the answer, and to the event that shows the message. */
import { v7 as uuidv7 } from 'uuid'
import { Connection } from './connection.ts'
import { followShownIds } from './shown-ids.ts'

export type Path = { readonly post: string; readonly events: string }
/** Milliseconds, message by message. */
export type Times = { readonly toAccept: number[]; readonly toShow: number[] }

const PAUSE_MS = 5

/** One after the other, with a short pause in between. */
export async function roundTrips({ post, events }: Path, count: number): Promise<Times> {
  using connection = await Connection.open(new URL(post))
  const waiting = new Map<string, () => void>()
  using _reader = await followShownIds(events, id => waiting.get(id)?.())
  const times: Times = { toAccept: [], toShow: [] }
  for (let n = 0; n < count; n += 1) {
    const id = uuidv7()
    const shown = new Promise<void>(resolve => waiting.set(id, resolve))
    const began = performance.now()
    const status = await connection.post(JSON.stringify({ id, message: 'how long does this take?' }))
    if (status !== 202) throw new Error(`${post} answered ${status}`)
    times.toAccept.push(performance.now() - began)
    await shown
    times.toShow.push(performance.now() - began)
    waiting.delete(id)
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
  return times
}
