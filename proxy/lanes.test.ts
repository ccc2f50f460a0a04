import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RouteLimits } from '../shared/protocol/route.ts'
import { Lanes } from './lanes.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

function lanesOf(limits: RouteLimits) {
  const now = { ...limits }
  const lanes = new Lanes(() => now)
  const came: string[] = []
  const enter = (order: number, { name = 'GPT', signal = new AbortController().signal } = {}) => {
    const entering = lanes.enter(name, { order, signal })
    void entering.then(how => came.push(`${name} ${order} ${how}`))
    return entering
  }
  return { came, enter, lanes, limits: now }
}

test('lane lets the oldest of those that wait in first, whenever they came', async () => {
  const { came, enter, lanes } = lanesOf({ parallel: 1, waiting: 3 })
  for (const order of [5, 9, 7, 8]) void enter(order)
  await turn()
  for (const _ of [1, 2, 3]) lanes.leave('gpt')
  await turn()
  expect(came).toEqual(['GPT 5 entered', 'GPT 7 entered', 'GPT 8 entered', 'GPT 9 entered'])
})

test('lane that is full refuses at once, and holds up no other lane', async () => {
  const { came, enter } = lanesOf({ parallel: 1, waiting: 1 })
  for (const order of [1, 2, 3]) void enter(order)
  void enter(4, { name: 'MISTRAL' })
  await turn()
  expect(came).toEqual(['GPT 1 entered', 'GPT 3 full', 'MISTRAL 4 entered'])
})

test('lane forgets who is taken out of it while waiting', async () => {
  const { came, enter, lanes } = lanesOf({ parallel: 1, waiting: 2 })
  const stop = new AbortController()
  void enter(1)
  void enter(2, { signal: stop.signal })
  void enter(3)
  stop.abort()
  await turn()
  void enter(4, { signal: stop.signal })
  await turn()
  lanes.leave('GPT')
  await turn()
  expect(came).toEqual(['GPT 1 entered', 'GPT 2 aborted', 'GPT 4 aborted', 'GPT 3 entered'])
  expect(lanes.load('GPT')).toEqual({ running: 1, waiting: 0 })
})

test('lane whose limit is raised lets in who waits', async () => {
  const { came, enter, lanes, limits } = lanesOf({ parallel: 1, waiting: 3 })
  for (const order of [1, 2, 3]) void enter(order)
  limits.parallel = 2
  lanes.limitsChanged()
  await turn()
  expect(came).toEqual(['GPT 1 entered', 'GPT 2 entered'])
})

test('lane never has more in it than its limits, and leaves no place empty while somebody waits', async () => {
  const limits = fc.record({ parallel: fc.integer({ min: 1, max: 4 }), waiting: fc.nat(4) })
  const actions = fc.array(fc.constantFrom('enter', 'leave', 'abort'), { maxLength: 60, size: 'max' })
  const property = fc.asyncProperty(limits, actions, async (given, steps) => {
    const { enter, lanes } = lanesOf(given)
    const waiting: AbortController[] = []
    for (const [order, action] of steps.entries()) {
      const before = lanes.load('GPT')
      if (action === 'enter') {
        const stop = new AbortController()
        const how = await Promise.race([enter(order, { signal: stop.signal }), turn().then(() => 'waits')])
        const isFree = before.running < given.parallel
        expect(how).toBe(isFree ? 'entered' : before.waiting < given.waiting ? 'waits' : 'full')
        if (how === 'waits') waiting.push(stop)
      } else if (action === 'leave' && before.running > 0) {
        lanes.leave('GPT')
        if (before.waiting > 0) waiting.shift()
      } else if (action === 'abort') waiting.pop()?.abort()
      const { running, waiting: wait } = lanes.load('GPT')
      expect(running).toBeLessThanOrEqual(given.parallel)
      expect(wait).toBe(waiting.length)
      expect(wait === 0 || running === given.parallel).toBe(true)
    }
  })
  await fc.assert(property, { numRuns: 60 })
})
