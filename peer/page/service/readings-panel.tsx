/** What a service measured: the latest in words, and all of it as a small chart that can be folded away. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { clockTime } from '../../../shared/page/time.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Drawing } from './drawing.ts'
import { type Reading, type Readings, readingsOf, summaryOf, writerOf } from './readings.ts'

/** Fewer make no chart. */
const FEWEST = 2

export function ReadingsPanel({ conversation }: { conversation: Conversation }) {
  const readings = useComputed(() => readingsOf(conversation.entries.value.map(({ record }) => record.value)))
  const { value } = readings
  return value === undefined || value.points.length < FEWEST ? null : <Panel readings={value} />
}

function Panel({ readings }: { readings: Readings }) {
  const { latest, lowest, highest, count } = summaryOf(readings, new Date())
  const pointed = useSignal<Reading | null>(null)
  const open = useSignal(true)
  const at = pointed.value
  return (
    <details class="readings" open={open.value} onToggle={event => (open.value = event.currentTarget.open)}>
      <summary>
        <span class="readings-latest">{at === null ? latest : writerOf(readings)(at.value)}</span>
        <span class="readings-rest">
          {at === null
            ? `lowest ${lowest}, highest ${highest}, ${count}`
            : `at ${clockTime(new Date(at.time).toISOString())}`}
        </span>
      </summary>
      {open.value && (
        <Chart
          readings={readings}
          label={`Chart of ${count}: latest ${latest}, lowest ${lowest}, highest ${highest}`}
          onPoint={reading => {
            pointed.value = reading
          }}
        />
      )}
    </details>
  )
}

interface ChartProps {
  readonly readings: Readings
  readonly label: string
  /** The reading under the pointer. */
  readonly onPoint: (reading: Reading | null) => void
}

/** What draws it is loaded when it is needed first. */
function Chart({ readings, label, onPoint }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawing = useSignal<Drawing | null>(null)
  const shown = useSignal(readings)
  shown.value = readings
  useEffect(() => {
    let gone = false
    void import('./drawing.ts').then(({ draw }) => {
      if (!gone && place.current !== null) drawing.value = draw(place.current, onPoint)
    })
    return () => {
      gone = true
      drawing.peek()?.stop()
      onPoint(null)
    }
  }, [])
  useSignalEffect(() => drawing.value?.show(shown.value))
  return <div ref={place} class="readings-chart" role="img" aria-label={label} data-testid="readings-chart" />
}
