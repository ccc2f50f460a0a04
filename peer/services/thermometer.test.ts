import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readReply, type WholeReply } from './reply.ts'
import { thermometer } from './thermometer.ts'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const paused: number[] = []
const desk = (random: number) => ({
  ...{ asker: 'bob', argument: '', subscribe: () => {}, unsubscribe: () => {} },
  ...{ random: () => random, now: () => new Date('2026-01-02T03:04:05.000Z'), signal: new AbortController().signal },
  pause: async (ms: number) => void paused.push(ms),
})

function expectReadings(
  { text, metadata }: WholeReply,
  { count, low, high }: Record<'count' | 'low' | 'high', number>,
) {
  expect(metadata).toMatchObject({ unit: '°C', time: '2026-01-02T03:04:05.000Z' })
  expect(metadata.readings).toHaveLength(count)
  for (const reading of metadata.readings ?? []) {
    expect(reading).toBeGreaterThanOrEqual(low)
    expect(reading).toBeLessThanOrEqual(high)
    expect(reading).toBe(Number(reading.toFixed(1)))
    expect(text).toContain(`${reading.toFixed(1)} °C`)
  }
}

test('thermometer reads between 20 and 25 °C five times, and publishes between 22 and 24 °C, to one decimal', async () => {
  await fc.assert(
    fc.asyncProperty(chance, async random => {
      const range = await thermometer.commands['range']?.run(desk(random))
      expectReadings(readReply(range), { count: 5, low: 20, high: 25 })
      const published = await thermometer.publish?.make(desk(random))
      expectReadings(readReply(published), { count: 1, low: 22, high: 24 })
    }),
  )
})

test('thermometer takes two seconds to restart, and publishes every 100 seconds', async () => {
  expect(await thermometer.commands['reboot']?.run(desk(0))).toBe('Reboot complete.')
  expect(paused).toEqual([2_000])
  expect(thermometer.publish?.everySeconds).toBe(100)
})
