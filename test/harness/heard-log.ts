/** A log whose lines a test can await. */
import { pino } from 'pino'
import * as z from 'zod'
import type { Log } from '../../shared/process/log.ts'
import { Heard } from './heard.ts'

const Line = z.looseObject({ msg: z.string() })
export type Line = z.infer<typeof Line>

export function heardLog(): { log: Log; lines: Heard<Line>; said: (text: string) => Promise<Line> } {
  const lines = new Heard<Line>()
  const log = pino({ level: 'debug' }, { write: line => lines.add(Line.parse(JSON.parse(line))) })
  return { log, lines, said: text => lines.first(({ msg }) => msg.includes(text)) }
}
