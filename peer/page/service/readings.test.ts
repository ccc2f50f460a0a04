import { expect, test } from 'vitest'
import type { MessageRecord, Metadata } from '../../../shared/protocol/message.ts'
import { readingsOf, summaryOf, writerOf } from './readings.ts'

const measured = (metadata: Metadata, minute = 0): MessageRecord => ({
  ...{ id: '019a0000-0000-7000-8000-000000000001', sender: 'meter', destination: 'alice', conversation: 'meter' },
  ...{ message: '', type: 'subscription', state: 'received', metadata },
  timestamp: new Date(Date.UTC(2026, 0, 2, 3, minute)).toISOString(),
})
const at = (minute: number) => Date.UTC(2026, 0, 2, 3, minute)
const time = (minute: number) => new Date(at(minute)).toISOString()

test('readings are those of all messages by time, of several in one message in their order', () => {
  const records = [
    measured({ readings: [3], unit: '°C', time: time(9) }),
    measured({}),
    measured({ readings: [1, 2], unit: '°C' }, 5),
    measured({ readings: [], unit: 'm' }),
  ]
  expect(readingsOf(records)).toEqual({
    unit: '°C',
    points: [
      { time: at(5), value: 1 },
      { time: at(5), value: 2 },
      { time: at(9), value: 3 },
    ],
  })
})

test('readings of another unit than the newest are left out', () => {
  const records = [measured({ readings: [300], unit: 'K' }), measured({ readings: [20], unit: '°C' }, 1)]
  expect(readingsOf(records)).toEqual({ unit: '°C', points: [{ time: at(1), value: 20 }] })
})

test('messages without readings have none', () => {
  expect(readingsOf([measured({}), measured({ readings: [] })])).toBeUndefined()
})

test('summary says the latest, the lowest, the highest and how many, in words', () => {
  const points = [23.5, 20, 24.25].map((value, minute) => ({ time: at(minute), value }))
  const now = new Date(at(3))
  expect(summaryOf({ unit: '°C', points }, now)).toEqual({
    ...{ latest: '24.25 °C', lowest: '20.00 °C', highest: '24.25 °C' },
    count: expect.stringMatching(/^3 readings since \d+:\d0/),
  })
  expect(summaryOf({ unit: '', points: points.slice(0, 1) }, new Date(at(3) + 86_400_000 * 2))).toMatchObject({
    ...{ latest: '23.5', count: expect.stringMatching(/^1 reading since \w+, \d+:\d0/) },
  })
})

test('summary of a hundred thousand readings is made', () => {
  const points = Array.from({ length: 100_000 }, (_, index) => ({ time: at(0) + index, value: index / 8 }))
  expect(summaryOf({ unit: 'm', points }, new Date(at(1)))).toMatchObject({
    lowest: '0.000 m',
    highest: '12,499.875 m',
  })
})

test('values too small for three decimals, or too long to be read, are written by powers of ten', () => {
  const written = (...values: number[]) =>
    values.map(writerOf({ unit: 'F', points: values.map(value => ({ time: 0, value })) }))
  expect(written(4.7e-9, 1e-10)).toEqual(['4.7E-9 F', '1E-10 F'])
  expect(written(-1.7e308, 1e15)).toEqual(['-1.7E308 F', '1E15 F'])
  expect(written(999_999_999_999_999, 0)).toEqual(['999,999,999,999,999 F', '0 F'])
  expect(written(0.001, 5e-324)).toEqual(['0.001 F', '0.000 F'])
})

test('values are written with the decimals of the most exact one', () => {
  expect(writerOf({ unit: '', points: [{ time: 0, value: 1.5 }] })(2)).toBe('2.0')
  expect(writerOf({ unit: '%', points: [{ time: 0, value: 7 }] })(2)).toBe('2 %')
  expect(writerOf({ unit: '', points: [{ time: 0, value: 1 / 3 }] })(2)).toBe('2.000')
})
