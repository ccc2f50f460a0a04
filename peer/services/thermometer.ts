/** A simulated thermometer: readings on request and, every 100 s, to each subscriber. */
import type { Reply, ServiceDefinition } from './definition.ts'

const EVERY_MS = 100_000
const REBOOT_MS = 2_000

/** One decimal, between two temperatures in °C. */
const between = (low: number, high: number, random: () => number): number =>
  Math.round((low + random() * (high - low)) * 10) / 10

export const thermometer: ServiceDefinition = {
  commands: {
    subscribe: {
      help: 'a reading every 100 seconds',
      run: desk => {
        desk.subscribe()
        return { text: 'Subscription confirmed.' }
      },
    },
    unsubscribe: {
      help: 'no more readings',
      run: desk => {
        desk.unsubscribe()
        return { text: 'Unsubscribed.' }
      },
    },
    range: {
      help: 'five readings now',
      run: ({ random, now }): Reply => {
        const readings = Array.from({ length: 5 }, () => between(20, 25, random))
        return {
          text: `Readings: ${readings.map(value => `${value.toFixed(1)} °C`).join(', ')}`,
          metadata: { readings, unit: '°C', time: now().toISOString() },
        }
      },
    },
    reboot: {
      help: 'restart, which takes 2 seconds; subscriptions stay',
      delayMs: REBOOT_MS,
      run: () => ({ text: 'Reboot complete.' }),
    },
  },
  publish: {
    everyMs: EVERY_MS,
    make: ({ random, now }) => {
      const value = between(22, 24, random)
      return { text: `${value.toFixed(1)} °C`, metadata: { readings: [value], unit: '°C', time: now().toISOString() } }
    },
  },
}
