/** How long ago something was, in words that fit a table cell. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `time` is an ISO time, `now` milliseconds since the epoch. A time in the future reads "just now": clocks differ a little. */
export function relativeTime(time: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(time)) / 1000)
  if (seconds < 2) return 'just now'
  if (seconds < MINUTE) return `${seconds} s ago`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`
  const days = Math.floor(seconds / DAY)
  return days === 1 ? 'yesterday' : `${days} days ago`
}
