/** The proxy's line to the controller: registration, heartbeat, and the stream of routing tables, answered by version. */
import * as z from 'zod'
import { backoff } from '../shared/process/backoff.ts'
import { followEvents } from '../shared/process/event-source.ts'
import { CallRefusedError, type HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { Wake } from '../shared/process/wake.ts'
import { type Counters, type RoutesAnswer, RoutesEvent } from '../shared/protocol/control.ts'
import { errorText, firstIssue } from '../shared/protocol/errors.ts'
import { jsonOrNothing } from '../shared/protocol/json.ts'
import type { TrialResult } from '../shared/protocol/trial.ts'
import type { Routing } from './routing.ts'
import { tryAndTell } from './trial/try-and-tell.ts'
import type { Trial } from './trial/try-out.ts'

const HEARTBEAT_MS = 10_000
const Versioned = z.object({ version: z.int().positive() })

export type ControllerParts = {
  readonly controller: string
  readonly self: { readonly name: string; readonly host: string; readonly port: number }
  readonly key: Secret
  readonly client: HttpClient
  readonly routing: Routing
  readonly counters: () => Counters
  readonly tableApplied: () => void
  readonly credentialsChanged: () => void
  /** Tries what the controller asks to be tried. */
  readonly tryOut: (trial: Trial, signal: AbortSignal) => Promise<TrialResult>
  /** Called when the controller is lost, and when it is back. */
  readonly controllerIs: (reachable: boolean) => void
  readonly log: Log
  readonly random: () => number
}

/** What both halves of the line share: each wakes the other when it finds the controller back. */
type Line = {
  readonly registered: Wake
  readonly beatNow: Wake
  /** The newest answer, if it did not reach the controller: the next heartbeat repeats it. */
  unanswered: RoutesAnswer | undefined
  /** Pushes are handled, and answered, one after another. */
  last: Promise<void>
  /** What is being tried: it holds up no push, and the stop waits for it. */
  readonly trials: Set<Promise<void>>
}

/** Resolves when the signal aborts. A dead controller is asked again and again; the last good table stays in force. */
export async function followController(parts: ControllerParts, signal: AbortSignal): Promise<void> {
  const { controller, self, key, client, random, log } = parts
  const last = Promise.resolve()
  const line: Line = { registered: new Wake(), beatNow: new Wake(), unanswered: undefined, last, trials: new Set() }
  let reachable = true
  let disconnect: (reason: Error) => void = () => {}
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
      line.last = line.last
        .then(() => handle(parts, { data, line }, signal))
        .catch(error => {
          log.error({ err: error }, 'a push of the controller was not handled; it is asked for again')
          disconnect(new Error('a push was not handled'))
        })
    },
    onOpen: breakOff => {
      disconnect = breakOff
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
  const { controller, self, key, client, counters, log, random } = parts
  const headers = bearer(key)
  const startedAt = new Date().toISOString()
  let known = false
  let failures = 0
  /** The refusal that was logged last: it is logged once, however often it is met. */
  let told = ''
  while (!signal.aborted) {
    try {
      if (!known) {
        await client.json('POST', `${controller}/api/register`, { body: self, headers, signal })
        line.registered.ring()
        known = true
      }
      await client.json('POST', `${controller}/api/heartbeat`, {
        body: { name: self.name, counters: counters(), startedAt },
        headers,
        signal,
      })
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
    const pauseMs = known ? HEARTBEAT_MS : 500 + backoff(failures, { random, ceilingMs: HEARTBEAT_MS })
    await line.beatNow.sleep(signal, pauseMs)
  }
}

async function handle(
  parts: ControllerParts,
  { data, line }: { data: string; line: Line },
  signal: AbortSignal,
): Promise<void> {
  const { routing, log } = parts
  const answer = (version: number | null, reason?: string) => {
    const refusal = { applied: false, reason, ...(routing.version !== undefined && { inForce: routing.version }) }
    const body = { name: parts.self.name, version, ...(reason === undefined ? { applied: true } : refusal) }
    return tell(parts, { line, body }, signal)
  }
  const json = jsonOrNothing(data)
  const parsed = RoutesEvent.safeParse(json)
  if (!parsed.success) {
    const { field, detail } = firstIssue(parsed.error)
    const reason = json === undefined ? 'it is not JSON' : `${field} ${detail}`
    const version = Versioned.safeParse(json).data?.version ?? null
    log.error({ version, reason }, 'the controller pushed what this proxy does not understand')
    return answer(version, reason)
  }
  const event = parsed.data
  if (event.kind === 'credentials') {
    routing.setCredentials(event.credentials)
    return parts.credentialsChanged()
  }
  if (event.kind === 'trial') {
    const trial = tryAndTell(parts, event, signal).finally(() => line.trials.delete(trial))
    line.trials.add(trial)
    return
  }
  const { kind: _, ...table } = event
  const { version } = table
  const reason = routing.problem(table)
  if (reason !== undefined) {
    log.warn({ version, reason }, 'routing table refused')
    return answer(version, reason)
  }
  // Each connection begins with the table: one that is in force already is no news to anybody but the controller.
  if (!routing.holds(table)) {
    await routing.apply(table)
    log.info({ version }, 'routing table applied')
    parts.tableApplied()
  }
  await answer(version)
}

function repeatAnswer(parts: ControllerParts, line: Line, signal: AbortSignal): void {
  line.last = line.last
    .then(() => (line.unanswered === undefined ? undefined : tell(parts, { line, body: line.unanswered }, signal)))
    .catch(error => parts.log.debug({ err: errorText(error) }, 'an answer to the controller is lost again'))
}

async function tell(
  { controller, client, key }: ControllerParts,
  { line, body }: { line: Line; body: RoutesAnswer },
  signal: AbortSignal,
): Promise<void> {
  line.unanswered = body
  await client.json('POST', `${controller}/api/routes/answer`, { body, headers: bearer(key), signal })
  line.unanswered = undefined
}

const tableInForce = ({ routing }: ControllerParts): string =>
  routing.isReady ? 'the last good table stays in force' : 'there is no routing table yet'

const unknownYet = (error: unknown): boolean => error instanceof CallRefusedError && error.status === 404
