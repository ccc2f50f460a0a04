/** Times as people read them: in their own zone, in English words. */
import { timeFormat } from '../written.ts'

const clock = timeFormat({ hour: 'numeric', minute: '2-digit' })
const complete = timeFormat({ dateStyle: 'full', timeStyle: 'medium' })
const weekday = timeFormat({ weekday: 'short' })
const date = timeFormat({ day: 'numeric', month: 'short' })
const dateOfYear = timeFormat({ day: 'numeric', month: 'short', year: 'numeric' })
const longDay = timeFormat({ weekday: 'long', day: 'numeric', month: 'long' })

const DAY_MS = 86_400_000

/** "14:05" */
export const clockTime = (iso: string): string => written(clock, new Date(iso))

/** "Friday, 21 November 2025 at 14:05:09", for a tooltip. */
export const fullDate = (iso: string): string => written(complete, new Date(iso))

/** A format throws at what is no moment; a page that shows a thousand others does not. */
const written = (format: Intl.DateTimeFormat, moment: Date): string =>
  Number.isNaN(moment.getTime()) ? 'unknown time' : format.format(moment)

/** The local calendar day of a moment, as a key that two moments of one day share. */
export function dayKey(iso: string): string {
  const moment = new Date(iso)
  return `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`
}

/** Whole local calendar days from one moment to another; a day of 23 or 25 hours counts as one. */
export function daysBetween(earlier: Date, later: Date): number {
  const midnight = (moment: Date) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate())
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MS)
}

/** The heading of a day: "Today", "Yesterday", "Monday, 17 November", with the year where it is not this one. */
export function dayLabel(iso: string, now: Date): string {
  const moment = new Date(iso)
  const days = daysBetween(moment, now)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return moment.getFullYear() === now.getFullYear() ? written(longDay, moment) : written(dateOfYear, moment)
}

/** When, in as few letters as a list has room for: "14:05", "Yesterday", "Mon", "3 Nov", "3 Nov 2024". */
export function shortWhen(iso: string, now: Date): string {
  const moment = new Date(iso)
  const days = daysBetween(moment, now)
  if (days <= 0) return written(clock, moment)
  if (days === 1) return 'Yesterday'
  if (days < 7) return written(weekday, moment)
  return moment.getFullYear() === now.getFullYear() ? written(date, moment) : written(dateOfYear, moment)
}

/** A span of milliseconds: "840 ms", "1.2 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
