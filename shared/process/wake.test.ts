import { expect, test } from 'vitest'
import { runLoop } from './loop.ts'
import { Wake } from './wake.ts'

test('wake keeps a ring for the next sleep, and only one', async () => {
  const wake = new Wake()
  const stop = new AbortController()
  wake.ring()
  wake.ring()
  await wake.sleep(stop.signal)
  let awake = false
  const second = wake.sleep(stop.signal).then(() => {
    awake = true
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(awake).toBe(false)
  wake.ring()
  await second
  expect(awake).toBe(true)
})

test('wake ends a sleep after its time, and when the signal aborts', async () => {
  const wake = new Wake()
  const stop = new AbortController()
  await wake.sleep(stop.signal, 1)
  const sleeping = wake.sleep(stop.signal)
  stop.abort()
  await sleeping
  await wake.sleep(stop.signal)
})

function loopOf(steps: (() => Promise<boolean>)[]) {
  const stop = new AbortController()
  const wake = new Wake()
  const failures: number[] = []
  const step = async () => {
    const next = steps.shift()
    if (next !== undefined) return next()
    stop.abort()
    return false
  }
  const run = runLoop({
    wake,
    signal: stop.signal,
    random: () => 0,
    step,
    onFailure: (_, count) => failures.push(count),
    ceilingMs: 0,
  })
  return { wake, run, failures }
}

test('loop goes on while more waits, sleeps when nothing does, and goes on at a ring', async () => {
  const done: string[] = []
  const work = (name: string, more: boolean) => async () => {
    done.push(name)
    return more
  }
  const { wake, run } = loopOf([work('a', true), work('b', false), work('c', true)])
  await new Promise(resolve => setImmediate(resolve))
  expect(done).toEqual(['a', 'b'])
  wake.ring()
  await run
  expect(done).toEqual(['a', 'b', 'c'])
})

test('loop never overlaps itself, and counts failures in a row', async () => {
  let running = 0
  let most = 0
  const work = (fails: boolean) => async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise(resolve => setImmediate(resolve))
    running -= 1
    if (fails) throw new Error('on purpose')
    return true
  }
  const { wake, run, failures } = loopOf([work(true), work(true), work(false), work(true)])
  const timer = setInterval(() => wake.ring(), 1)
  await run
  clearInterval(timer)
  expect(failures).toEqual([1, 2, 1])
  expect(most).toBe(1)
})
