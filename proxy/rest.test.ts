import { expect, test } from 'vitest'
import { Wake } from '../shared/process/wake.ts'
import { Rest } from './rest.ts'

/** A rest in a time of the test's own: each sleep passes at once, and is cut short where it is heard of. */
function resting() {
  let time = 0
  let isHeard = false
  const wake = new Wake()
  wake.sleep = async (_, ms = 0) => {
    if (!isHeard) {
      time += ms
      return
    }
    isHeard = false
    rest.heard()
  }
  const rest = new Rest({ wake, random: () => 1, now: () => time })
  const after = async ({ heard = false } = {}) => {
    const began = time
    isHeard = heard
    await rest.after(new Error('no answer'), new AbortController().signal)
    return time - began
  }
  return { rest, after }
}

test('rest grows with each failure up to a minute, and begins anew after progress', async () => {
  const { rest, after } = resting()
  const pauses = []
  for (let n = 0; n < 9; n += 1) pauses.push(await after())
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  rest.progressed()
  expect(await after()).toBe(1_000)
})

test('sign of life that comes while an attempt is out cuts the rest after it short', async () => {
  const { rest, after } = resting()
  for (let n = 0; n < 5; n += 1) await after()
  rest.heard()
  expect(await after()).toBe(0)
  expect(await after()).toBe(60_000)
  rest.heard()
  rest.progressed()
  expect(await after()).toBe(1_000)
})

test('sign of life cuts a rest short, the less the more often that was in vain, and to two seconds at the most', async () => {
  const { rest, after } = resting()
  const pauses = []
  for (let n = 0; n < 10; n += 1) pauses.push(await after({ heard: true }))
  expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000])
  rest.progressed()
  expect(await after({ heard: true })).toBe(0)
})
