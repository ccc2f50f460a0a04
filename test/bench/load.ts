/**
 * The load of a bench, in a process of its own: POSTs messages to one place and hears their events at another. Takes a
 * {@link LoadJob} as JSON from its argument and prints a {@link LoadResult}.
 */
import { v7 as uuidv7 } from 'uuid'
import { Connection } from './connection.ts'
import { LoadJob, type LoadResult } from './load-job.ts'
import { followShownIds } from './shown-ids.ts'

/** Sends one message, which was meant to be sent at `at`. */
type Send = (connection: Connection, at: number) => Promise<void>

/** Every message has to be accepted and has to be shown. */
async function run(job: LoadJob): Promise<LoadResult> {
  const connections = await Promise.all(Array.from({ length: job.senders }, () => Connection.open(new URL(job.post))))
  const under = new Map<string, number>()
  const toAccept: number[] = []
  const toShow: number[] = []
  let wholeShown = () => {}
  const shown = new Promise<void>(resolve => {
    wholeShown = resolve
  })
  using _reader = await followShownIds(job.events, id => {
    const at = under.get(id)
    if (at === undefined || !under.delete(id)) return
    toShow.push(performance.now() - at)
    if (toShow.length === job.count) wholeShown()
  })
  const send: Send = async (connection, at) => {
    const id = uuidv7()
    under.set(id, at)
    const status = await connection.post(JSON.stringify({ id, message: job.text }))
    if (status !== 202) throw new Error(`${job.post} answered ${status}`)
    toAccept.push(performance.now() - at)
  }
  const began = performance.now()
  if (job.perSecond === null) await sendInParallel(job.count, connections, send)
  else await sendOnTime({ count: job.count, perSecond: job.perSecond }, connections, send)
  await shown
  const ms = performance.now() - began
  for (const connection of connections) connection[Symbol.dispose]()
  return { ms, toAccept, toShow }
}

/** Each connection sends its next message as soon as the one before was accepted. */
async function sendInParallel(count: number, connections: readonly Connection[], send: Send): Promise<void> {
  let left = count
  const one = async (connection: Connection) => {
    while (left-- > 0) await send(connection, performance.now())
  }
  await Promise.all(connections.map(one))
}

/** Messages are due at even distances; one that finds no free connection waits, and its time runs. */
async function sendOnTime(
  { count, perSecond }: { count: number; perSecond: number },
  connections: readonly Connection[],
  send: Send,
): Promise<void> {
  const free = [...connections]
  const sending: Promise<void>[] = []
  const began = performance.now()
  for (let n = 0; n < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - began) * perSecond) / 1000))
    for (; n < due; n += 1) {
      const connection = free.pop()
      if (connection === undefined) break
      sending.push(send(connection, began + ((n + 1) * 1000) / perSecond).then(() => void free.push(connection)))
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await Promise.all(sending)
}

const result = await run(LoadJob.parse(JSON.parse(process.argv[2] ?? '')))
process.stdout.write(JSON.stringify(result), () => process.exit(0))
