/** What a service measured, as far as the page has its messages: for the chart, and in words. */

import { clockTime, dayKey, shortWhen } from '../../../shared/page/time.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { figure, numberFormat } from '../../../shared/written.ts'

const MOST_DECIMALS = 3

export interface Reading {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly value: number
}

export interface Readings {
  readonly unit: string
  /** Oldest first. */
  readonly points: readonly Reading[]
}

/** In the unit of the newest ones: others cannot be compared with them. */
export function readingsOf(records: readonly MessageRecord[]): Readings | undefined {
  const measured = records.filter(({ metadata }) => metadata.readings !== undefined && metadata.readings.length > 0)
  const newest = measured.at(-1)
  if (newest === undefined) return undefined
  const { unit = '' } = newest.metadata
  const points = measured
    .filter(({ metadata }) => (metadata.unit ?? '') === unit)
    .flatMap(({ metadata, timestamp }) => {
      const time = Date.parse(metadata.time ?? timestamp)
      return (metadata.readings ?? []).map(value => ({ time, value }))
    })
  return { unit, points: points.sort((a, b) => a.time - b.time) }
}

export interface Summary {
  readonly latest: string
  readonly lowest: string
  readonly highest: string
  /** "12 readings since 14:05" */
  readonly count: string
}

export function summaryOf({ unit, points }: Readings, now: Date): Summary {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const inUnit = writerOf({ unit, points })
  for (const { value } of points) {
    lowest = Math.min(lowest, value)
    highest = Math.max(highest, value)
  }
  const since = points[0] === undefined ? '' : ` since ${whenBegun(new Date(points[0].time).toISOString(), now)}`
  return {
    latest: inUnit(points.at(-1)?.value ?? Number.NaN),
    lowest: inUnit(lowest),
    highest: inUnit(highest),
    count: `${points.length === 1 ? '1 reading' : `${figure(points.length)} readings`}${since}`,
  }
}

/** How values are written: all with as many decimals as the most exact one, at most three. */
export function writerOf({ unit, points }: Readings): (value: number) => string {
  let [digits, largest] = [0, 0]
  for (const { value } of points) {
    digits = Math.max(digits, Math.min(String(value).split('.')[1]?.length ?? 0, MOST_DECIMALS))
    largest = Math.max(largest, Math.abs(value))
  }
  const number = numbersUpTo(largest, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return value => `${number.format(value)}${unit === '' ? '' : ` ${unit}`}`
}

/** Where three decimals would leave nothing of the largest, or it has too many digits to be read, by powers of ten. */
export const numbersUpTo = (largest: number, digits: Intl.NumberFormatOptions = {}): Intl.NumberFormat =>
  numberFormat(
    largest === 0 || (largest >= 0.001 && largest < 1e15)
      ? digits
      : { notation: 'scientific', maximumFractionDigits: MOST_DECIMALS },
  )

/** With the time of day also where it is not today. */
const whenBegun = (iso: string, now: Date): string =>
  dayKey(iso) === dayKey(now.toISOString()) ? clockTime(iso) : `${shortWhen(iso, now)}, ${clockTime(iso)}`
