/** A launcher runs until it is asked to stop: by a signal, by the end of what started it, or from another terminal. */
import type { Console } from './console.ts'
import { isAlive, wrapperPids } from './wrappers.ts'

/** `why` resolves with what asked for the stop, `signal` aborts then. */
type Asked = { readonly why: Promise<string>; readonly signal: AbortSignal; readonly ask: (why: string) => void }

/** A signal asks, the end of the program that started this one, or another terminal. A second Ctrl+C ends all at once. */
export function askedToStop(killAll: () => void): Asked {
  const stopping = new AbortController()
  const wrappers = wrapperPids()
  const ask = (why: string) => {
    if (stopping.signal.aborted && why === 'SIGINT') killAll()
    stopping.abort(why)
  }
  const why = new Promise<string>(resolve =>
    stopping.signal.addEventListener('abort', () => resolve(String(stopping.signal.reason)), { once: true }),
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  setInterval(() => wrappers.every(isAlive) || ask('the process that started this one is gone'), 500).unref()
  return { why, signal: stopping.signal, ask }
}

type Running = {
  /** Resolves once everything is ready. */
  readonly ready: Promise<void>
  readonly asked: Asked
  readonly console: Pick<Console, 'say'>
  readonly stop: () => Promise<void>
}

/** Says with `onReady` that everything is ready, waits until it is asked to stop, and stops, also when the start fails. */
export async function untilAsked({ ready, asked, console, stop }: Running, onReady: () => void): Promise<void> {
  try {
    await Promise.race([ready, asked.why])
    if (!asked.signal.aborted) onReady()
    console.say(`stopping (${await asked.why})`)
  } finally {
    await stop()
  }
  console.say('stopped')
}
