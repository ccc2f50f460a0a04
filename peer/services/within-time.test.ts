import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { runWithinTime, TooSlowError } from './within-time.ts'

const around = (signal = new AbortController().signal, deadlineMs = 60_000) => ({
  ...{ random: Math.random, now: () => new Date(), deadlineMs, signal },
})

test('work that ended leaves nobody listening, so that a service that runs for months does not grow', async () => {
  const signals: AbortSignal[] = []
  await runWithinTime(desk => void signals.push(desk.signal), around())
  const failing = runWithinTime(async desk => {
    signals.push(desk.signal)
    await desk.pause(1)
    throw new Error('no luck')
  }, around())
  await expect(failing).rejects.toThrow('no luck')
  expect(signals.map(signal => getEventListeners(signal, 'abort'))).toEqual([[], []])
})

test('work that never ends is given up when its time is over, and at the stop', async () => {
  const never = () => new Promise<void>(() => {})
  await expect(runWithinTime(never, around(undefined, 5))).rejects.toThrow(TooSlowError)
  const stop = new AbortController()
  const stopped = runWithinTime(never, around(stop.signal))
  stop.abort(new Error('the end'))
  await expect(stopped).rejects.toThrow('the end')
  await expect(runWithinTime(never, around(stop.signal))).rejects.toThrow('the end')
})
