/** A moment, told by how long ago it was; the full date is its tooltip. */
import { fullDate } from '../../../shared/page/time.ts'
import { now } from '../live/clock.ts'
import { relativeTime } from '../words/relative-time.ts'

export const Ago = ({ time }: { time: string }) => (
  <time dateTime={time} title={fullDate(time)}>
    {relativeTime(time, now.value)}
  </time>
)
