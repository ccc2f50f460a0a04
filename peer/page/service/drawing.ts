/** Draws readings over time with uPlot. A module of its own: it is loaded with the first chart. */

import uPlot from 'uplot'
import { timeFormat } from '../../../shared/written.ts'
import { numbersUpTo, type Reading, type Readings } from './readings.ts'

export interface Drawing {
  show(readings: Readings): void
  stop(): void
}

/** Room for the numbers on the left, and for a letter of them, in pixels. */
const NARROWEST = 44
const LETTER = 6
/** Seconds on either side of readings of one moment. */
const AROUND = 30
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Seconds between two marks: none are finer than what a mark can say. uPlot takes 30 days as a month, 365 as a year. */
const STEPS = [
  ...[1, 5, 10, 15, 30],
  ...[1, 5, 10, 15, 30].map(minutes => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map(hours => hours * HOUR),
  ...[1, 2, 5, 10, 15, 30, 60, 90, 180, 365].map(days => days * DAY),
]
/** Seconds between two marks below which the seconds of the time are said as well. */
const FINE = MINUTE

const clock = timeFormat({ hour: 'numeric', minute: '2-digit' })
const exact = timeFormat({ hour: 'numeric', minute: '2-digit', second: '2-digit' })
const day = timeFormat({ day: 'numeric', month: 'short' })

/** Fills the width of `place` and keeps to it. Colours are those of the style sheet, at each drawing. */
export function draw(place: HTMLElement, onPoint: (reading: Reading | null) => void): Drawing {
  let points: readonly Reading[] = []
  const colour = (name: string) => () => getComputedStyle(place).getPropertyValue(name)
  const axis = {
    stroke: colour('--chart-text'),
    font: `11px ${getComputedStyle(place).fontFamily}`,
    grid: { stroke: colour('--chart-grid'), width: 1 },
    ticks: { show: false },
  }
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: place.clientHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { range: (_, low, high) => (low === high ? [low - AROUND, high + AROUND] : [low, high]) } },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          space: 70,
          incrs: STEPS,
          values: (_, splits, __, ___, step) => splits.map(at => mark(at, step)),
        },
        {
          ...axis,
          size: (_, labels) => Math.max(NARROWEST, ...(labels ?? []).map(label => LETTER * (label.length + 2))),
          gap: 4,
          space: 24,
          values: (_, splits) => {
            const numbers = numbersUpTo(Math.max(...splits.map(Math.abs)))
            return splits.map(value => numbers.format(value))
          },
        },
      ],
      series: [{}, { stroke: colour('--chart-line'), width: 2, points: { size: 6, fill: colour('--chart-line') } }],
      hooks: { setCursor: [({ cursor }) => onPoint(points[cursor.idx ?? -1] ?? null)] },
    },
    [[], []],
    place,
  )
  const stopping = new AbortController()
  const resized = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: place.clientHeight }))
  resized.observe(place)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw(), {
    signal: stopping.signal,
  })
  return {
    show: readings => {
      points = readings.points
      chart.setData([oneAfterTheOther(points), points.map(({ value }) => value)])
    },
    stop: () => {
      stopping.abort()
      resized.disconnect()
      chart.destroy()
    },
  }
}

/** Seconds, each later than the one before: uPlot leaves out what comes after the first of the last moment. */
function oneAfterTheOther(points: readonly Reading[]): number[] {
  let last = Number.NEGATIVE_INFINITY
  return points.map(({ time }) => {
    last = Math.max(time, last + 1)
    return last / 1000
  })
}

function mark(seconds: number, step: number): string {
  const format = step >= DAY ? day : step >= FINE ? clock : exact
  return format.format(new Date(seconds * 1000))
}
