/** Answers by day as bars: what was answered below, what failed or was broken off on top. */

import { figure } from '../../../shared/written.ts'
import { narrow } from '../parts/narrow.ts'
import type { Named } from './usage-sums.ts'
import { answers, dayWord, stopped, weekdayWord } from './usage-words.ts'

const HEIGHT = 110
const TOP = 18
const FOOT = 22
/** Widest bar: a week of them is not a wall. */
const WIDEST = 56
const WIDE = { width: 1170, label: 46 } as const
const NARROW = { width: 316, label: 62 } as const

function Bar({ day, x, width, scale }: { day: Named; x: number; width: number; scale: number }) {
  const { calls, failed } = day.sum.counts
  const broken = failed + stopped(day.sum.counts)
  const whole = (calls - broken) * scale
  const top = broken * scale
  const gap = Math.max(1, width * 0.18, width - WIDEST)
  const box = { x: x + gap / 2, width: width - gap }
  return (
    <g class="bar">
      <title>{`${weekdayWord(day.name)}: ${answers(calls)}${broken > 0 ? `, ${figure(broken)} not whole` : ''}`}</title>
      <rect class="reach" x={x} y={TOP} width={width} height={HEIGHT} />
      {whole > 0 && <rect class="whole" {...box} y={TOP + HEIGHT - whole} height={whole} rx="2" />}
      {top > 0 && <rect class="broken" {...box} y={TOP + HEIGHT - whole - top} height={top} rx="2" />}
    </g>
  )
}

export function UsageChart({ days }: { days: readonly Named[] }) {
  const { width, label } = narrow.value ? NARROW : WIDE
  const most = Math.max(1, ...days.map(({ sum }) => sum.counts.calls))
  const column = width / days.length
  const every = Math.ceil(label / column)
  const total = days.reduce((sum, day) => sum + day.sum.counts.calls, 0)
  const busiest = days.find(({ sum }) => sum.counts.calls === most)
  const peak = busiest === undefined ? '' : `; most on ${weekdayWord(busiest.name)}: ${figure(most)}`
  return (
    <figure class="usage-chart panel">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT + TOP + FOOT}`}
        role="img"
        aria-label={`Answers by day: ${answers(total)} in ${days.length} days${peak}`}
      >
        <path class="line" d={`M0 ${TOP}H${width}`} />
        <text class="scale" x="0" y={TOP - 6}>
          {figure(most)}
        </text>
        {days.map((day, index) => (
          <Bar key={day.name} day={day} x={index * column} width={column} scale={HEIGHT / most} />
        ))}
        <path class="line" d={`M0 ${TOP + HEIGHT}H${width}`} />
        {days.map((day, index) =>
          (days.length - 1 - index) % every === 0 ? (
            <text
              key={day.name}
              class={index === days.length - 1 && every > 1 ? 'last' : 'day'}
              x={index === days.length - 1 && every > 1 ? width : (index + 0.5) * column}
              y={TOP + HEIGHT + 16}
            >
              {dayWord(day.name)}
            </text>
          ) : null,
        )}
      </svg>
      <figcaption>
        <span class="key whole">answered</span> <span class="key broken">failed, stopped or interrupted</span>
      </figcaption>
    </figure>
  )
}
