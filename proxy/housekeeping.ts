/** What is given up or forgotten as time goes by. */
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import type { Carrier } from './carrier.ts'
import type { Questions } from './questions.ts'
import type { RunningClock } from './running-clock.ts'

const EVERY_MS = 60_000
/** Questions are remembered this long against being asked twice, in milliseconds. */
const REMEMBER_MS = 7 * 24 * 60 * 60 * 1000

type House = {
  readonly clock: RunningClock
  readonly carrier: Pick<Carrier, 'expire'>
  readonly store: Store
  readonly questions: Questions
}

/** Once a minute, until the signal aborts. */
export async function keepHouse({ carrier, clock, store, questions }: House, signal: AbortSignal): Promise<void> {
  const pause = new Wake()
  while (!signal.aborted) {
    await carrier.expire()
    await store.note(() => {
      questions.forgetDone(clock.now() - REMEMBER_MS)
      clock.keep()
    })
    await pause.sleep(signal, EVERY_MS)
  }
}
