/** What the controller pushes, how it is answered, and what both halves of the line to it share. */
import * as z from 'zod'
import type { HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import type { Wake } from '../shared/process/wake.ts'
import { type Counters, type RoutesAnswer, RoutesEvent } from '../shared/protocol/control.ts'
import { errorText, firstIssue, safeParse } from '../shared/protocol/errors.ts'
import { jsonOrNothing } from '../shared/protocol/json.ts'
import type { TrialResult } from '../shared/protocol/trial.ts'
import type { Routing } from './routing.ts'
import { tryAndTell } from './trial/try-and-tell.ts'
import type { Trial } from './trial/try-out.ts'

/** Most trials at a time: a controller that is well never asks for so many. */
const TRIALS = 8
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
  /** Milliseconds between heartbeats. */
  readonly heartbeatMs?: number
}

/** What both halves of the line share: each wakes the other when it finds the controller back. */
export type Line = {
  readonly registered: Wake
  readonly beatNow: Wake
  /** The newest answer, if it did not reach the controller: the next heartbeat repeats it. */
  unanswered: RoutesAnswer | undefined
  /** Pushes are handled, and answered, one after another: the last of them, and how many wait. */
  last: Promise<void>
  waiting: number
  /** Begins the stream of tables anew. */
  reopen: (reason: Error) => void
  /** What is being tried: it holds up no push, and the stop waits for it. */
  readonly trials: Set<Promise<void>>
}

/** Does what a push says and answers it. @param push.data one event of the stream, JSON or not */
export async function handlePush(
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
  const parsed = safeParse(RoutesEvent, json)
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
    if (line.trials.size >= TRIALS) return log.warn('more trials are asked for than can be made at a time')
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

/** Tells the controller once more what it was not told. */
export function repeatAnswer(parts: ControllerParts, line: Line, signal: AbortSignal): void {
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
