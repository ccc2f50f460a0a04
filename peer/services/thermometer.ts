/** A simulated thermometer: readings on request, and regularly to each subscriber. */
import { defineService } from './define-service.ts'

const REBOOT_MS = 2_000

/** One decimal, between two temperatures in °C. */
const between = (low: number, high: number, random: () => number): number =>
  Math.round((low + random() * (high - low)) * 10) / 10

const inWords = (value: number): string => `${value.toFixed(1)} °C`

export const thermometer = defineService({
  name: 'thermometer',
  about: 'A simulated thermometer.',
  commands: {
    range: {
      help: 'five readings now',
      run: ({ random, now }) => {
        const readings = Array.from({ length: 5 }, () => between(20, 25, random))
        const text = `Readings: ${readings.map(inWords).join(', ')}`
        return { text, metadata: { readings, unit: '°C', time: now().toISOString() } }
      },
    },
    reboot: {
      help: 'restarts it, which takes 2 seconds; subscriptions stay',
      run: async ({ pause }) => {
        await pause(REBOOT_MS)
        return 'Reboot complete.'
      },
    },
  },
  publish: {
    everySeconds: 100,
    make: ({ random, now }) => {
      const value = between(22, 24, random)
      return { text: inWords(value), metadata: { readings: [value], unit: '°C', time: now().toISOString() } }
    },
  },
})
