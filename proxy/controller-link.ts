/** The proxy's line to the controller: registration, heartbeat, and the stream of routing tables, answered by version. */
import * as z from 'zod'
import { backoff } from '../shared/process/backoff.ts'
import { followEvents } from '../shared/process/event-source.ts'
import { CallRefusedError } from '../shared/process/http-client.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import { Wake } from '../shared/process/wake.ts'
import { errorText } from '../shared/protocol/errors.ts'
import { type ControllerParts, handlePush, type Line, repeatAnswer } from './controller-pushes.ts'

const HEARTBEAT_MS = 10_000
/** Most pushes that wait to be handled: a controller that is well never has so many. */
const PUSHES = 64
const Heard = z.object({ ok: z.literal(true), stream: z.boolean().optional() })

/** Resolves when the signal aborts. A dead controller is asked again and again; the last good table stays in force. */
export async function followController(parts: ControllerParts, signal: AbortSignal): Promise<void> {
  const { controller, self, key, client, random, log } = parts
  const last = Promise.resolve()
  const line: Line = {
    ...{ registered: new Wake(), beatNow: new Wake(), unanswered: undefined, last, waiting: 0, trials: new Set() },
    reopen: () => {},
  }
  let reachable = true
  const found = (now: boolean) => {
    if (now === reachable) return
    reachable = now
    parts.controllerIs(now)
    if (now) line.beatNow.ring()
  }
  const url = `${controller}/api/routes?name=${encodeURIComponent(self.name)}&trials=1`
  const following = followEvents({
    client,
    url: () => url,
    headers: bearer(key),
    signal,
    random,
    wake: line.registered,
    onData: data => {
      found(true)
      if (line.waiting >= PUSHES) throw new Error('the controller pushes more than can be handled')
      line.waiting += 1
      line.last = line.last
        .then(() => handlePush(parts, { data, line }, signal))
        .catch(error => {
          const err = error instanceof CallRefusedError ? errorText(error) : error
          log.error({ err }, 'a push of the controller was not handled; it is asked for again')
          line.reopen(new Error('a push was not handled'))
        })
        .finally(() => {
          line.waiting -= 1
        })
    },
    onOpen: breakOff => {
      line.reopen = breakOff
    },
    onClosed: error => {
      // Why it refuses, the heartbeat hears as well and says.
      if (reachable && !(error instanceof CallRefusedError))
        log.warn({ err: errorText(error) }, `controller is not reachable; ${tableInForce(parts)}`)
      found(unknownYet(error))
    },
  })
  await Promise.all([following, beat(parts, line, signal)])
  await Promise.all(line.trials)
}

/**
 * A heartbeat that finds the controller without knowledge of this proxy registers it. While nobody answers it asks less
 * and less often, so that a controller that returns to thousands of proxies does not meet them all at once.
 */
async function beat(parts: ControllerParts, line: Line, signal: AbortSignal): Promise<void> {
  const { controller, self, key, client, counters, log, random, heartbeatMs = HEARTBEAT_MS } = parts
  const headers = bearer(key)
  const startedAt = new Date().toISOString()
  let known = false
  let failures = 0
  /** Heartbeats in a row that were told that the stream of tables is not open. */
  let deaf = 0
  /** The refusal that was logged last: it is logged once, however often it is met. */
  let told = ''
  while (!signal.aborted) {
    try {
      if (!known) {
        await client.json('POST', `${controller}/api/register`, { body: self, headers, signal })
        line.registered.ring()
        known = true
      }
      const body = { name: self.name, counters: counters(), startedAt }
      const heard = await client.json('POST', `${controller}/api/heartbeat`, { body, headers, signal })
      deaf = Heard.parse(heard).stream === false ? deaf + 1 : 0
      // At the first it may just be opening.
      if (deaf > 1) line.reopen(new Error('the controller says that the stream of tables is not open'))
      if (line.unanswered !== undefined) repeatAnswer(parts, line, signal)
      failures = 0
      told = ''
    } catch (error) {
      known = false
      failures += 1
      if (error instanceof CallRefusedError && !unknownYet(error) && error.message !== told) {
        told = error.message
        log.error(told)
      }
    }
    const pauseMs = known ? heartbeatMs : 500 + backoff(failures, { random, ceilingMs: HEARTBEAT_MS })
    await line.beatNow.sleep(signal, pauseMs)
  }
}

const tableInForce = ({ routing }: ControllerParts): string =>
  routing.isReady ? 'the last good table stays in force' : 'there is no routing table yet'

const unknownYet = (error: unknown): boolean => error instanceof CallRefusedError && error.status === 404
