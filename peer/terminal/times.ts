/** Times as a terminal shows them: the reader's own clock, the date only where it is not today. */

const two = (number: number): string => String(number).padStart(2, '0')

export const clock = (time: Date): string => `${two(time.getHours())}:${two(time.getMinutes())}`

export function timeWords(time: Date, now: Date): string {
  const sameDay = time.toDateString() === now.toDateString()
  return sameDay ? clock(time) : `${dayOf(time)} ${clock(time)}`
}

const dayOf = (time: Date): string => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
