/** Logging: one JSON object a line on standard output; whoever started the process shows and keeps it. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { printable } from './printable.ts'

export type Log = Logger

export const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/**
 * `name` is the process, such as `proxy alice`; the level comes from `LOG_LEVEL`, read once by the entry file.
 * Lines go through Node's own stream: pino's writer sleeps in a busy loop, for ever, on a pipe that nobody reads. JSON itself
 * leaves some characters that steer a terminal or end a line as they are; no line has them.
 */
export const createLog = (name: string, level = 'info', to: DestinationStream = process.stdout): Log =>
  pino(
    {
      level,
      base: { process: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    { write: line => void to.write(`${printable(line.trimEnd())}\n`) },
  )

/** A log for tests and for parts that need none. */
export const silentLog = (): Log => pino({ level: 'silent' })
