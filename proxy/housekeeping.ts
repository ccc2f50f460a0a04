/** What is given up or forgotten as time goes by. */
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { firstDay } from '../shared/protocol/usage.ts'
import type { Carrier } from './carrier.ts'
import type { Questions } from './questions.ts'
import type { RunningClock } from './running-clock.ts'
import type { UsageRows } from './usage-rows.ts'

const EVERY_MS = 60_000
/** Questions are remembered this long against being asked twice, in milliseconds. */
const REMEMBER_MS = 7 * 24 * 60 * 60 * 1000

/** Days of usage that stay on this disk, the present one included. */
const USAGE_DAYS = 400

/** Pages of 4 KiB given back to the system at a time: a backlog that was delivered leaves its file small again. */
const SHRUNK_PAGES = 2_048

type House = {
  readonly log: Log
  readonly clock: RunningClock
  readonly carrier: Pick<Carrier, 'expire'>
  readonly store: Store
  readonly questions: Questions
  readonly usage: Pick<UsageRows, 'forget'>
  /** The clock on the wall. */
  readonly now: () => number
}

/** Once a minute, until the signal aborts. What a disk does not take now is done the next time. */
export async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  const pause = new Wake()
  while (!signal.aborted) {
    await tidy(house).catch(error => house.log.warn({ err: error }, 'what is over could not be removed'))
    await pause.sleep(signal, EVERY_MS)
  }
}

async function tidy({ carrier, clock, store, questions, usage, now }: House): Promise<void> {
  await carrier.expire()
  await store.note(() => {
    questions.forgetDone(clock.now() - REMEMBER_MS)
    usage.forget(firstDay(USAGE_DAYS, now()))
    clock.keep()
  })
  await store.shrink(SHRUNK_PAGES)
}
