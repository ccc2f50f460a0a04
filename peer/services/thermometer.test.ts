import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thermometer } from './thermometer.ts'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const now = () => new Date('2026-01-02T03:04:05.000Z')

test('thermometer reads between 20 and 25 °C five times, and publishes between 22 and 24 °C, to one decimal', () => {
  fc.assert(
    fc.property(chance, value => {
      const desk = { asker: 'bob', subscribe: () => {}, unsubscribe: () => true, random: () => value, now }
      const range = thermometer.commands['range']?.run(desk)
      const published = thermometer.publish?.make(desk)
      for (const [reply, count, low, high] of [
        [range, 5, 20, 25],
        [published, 1, 22, 24],
      ] as const) {
        const readings: unknown = reply?.metadata?.['readings']
        if (!Array.isArray(readings)) throw new Error('no readings')
        expect(readings).toHaveLength(count)
        for (const reading of readings) {
          expect(reading).toBeGreaterThanOrEqual(low)
          expect(reading).toBeLessThanOrEqual(high)
          expect(reply?.text).toContain(`${Number(reading).toFixed(1)} °C`)
        }
      }
    }),
  )
})

test('thermometer subscribes and unsubscribes who asks, and takes two seconds to restart', () => {
  const done: string[] = []
  const desk = {
    asker: 'bob',
    subscribe: () => void done.push('in'),
    unsubscribe: () => done.push('out') > 0,
    random: Math.random,
    now,
  }
  expect(thermometer.commands['subscribe']?.run(desk).text).toBe('Subscription confirmed.')
  expect(thermometer.commands['unsubscribe']?.run(desk).text).toBe('Unsubscribed.')
  expect(done).toEqual(['in', 'out'])
  expect(thermometer.commands['reboot']?.delayMs).toBe(2_000)
})
