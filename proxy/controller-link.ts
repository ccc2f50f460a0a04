/** The proxy's line to the controller: registration, heartbeat, and the stream of routing tables, answered by version. */
import * as z from 'zod'
import { followEvents } from '../shared/process/event-source.ts'
import { CallRefusedError, type HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { Wake } from '../shared/process/wake.ts'
import { type Counters, type RoutesAnswer, RoutesEvent } from '../shared/protocol/control.ts'
import { errorText, firstIssue } from '../shared/protocol/errors.ts'
import type { Routing } from './routing.ts'

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
  readonly log: Log
  readonly random: () => number
}

/** Resolves when the signal aborts. A dead controller is asked again and again; the last good table stays in force. */
export async function followController(parts: ControllerParts, signal: AbortSignal): Promise<void> {
  const { controller, self, key, client, random, log } = parts
  const registered = new Wake()
  let reachable = true
  let last = Promise.resolve()
  const url = `${controller}/api/routes?name=${encodeURIComponent(self.name)}`
  const following = followEvents({
    client,
    url: () => url,
    headers: bearer(key),
    signal,
    random,
    wake: registered,
    onData: data => {
      reachable = true
      last = last
        .then(() => handle(parts, data, signal))
        .catch(error => log.error({ err: error }, 'a push of the controller was not handled'))
    },
    onClosed: error => {
      if (reachable && !unknownYet(error))
        log.warn({ err: errorText(error) }, 'controller is not reachable; the last good table stays in force')
      reachable = unknownYet(error)
    },
  })
  await Promise.all([following, beat(parts, registered, signal)])
}

/** A heartbeat that finds the controller without knowledge of this proxy registers it. */
async function beat(
  { controller, self, key, client, counters, log, random }: ControllerParts,
  registered: Wake,
  signal: AbortSignal,
): Promise<void> {
  const headers = bearer(key)
  const pause = new Wake()
  let known = false
  while (!signal.aborted) {
    try {
      if (!known) {
        await client.json('POST', `${controller}/api/register`, { body: self, headers, signal })
        registered.ring()
        known = true
      }
      await client.json('POST', `${controller}/api/heartbeat`, {
        body: { name: self.name, counters: counters() },
        headers,
        signal,
      })
    } catch (error) {
      known = false
      if (error instanceof CallRefusedError && error.status === 401) log.error(error.message)
    }
    await pause.sleep(signal, known ? HEARTBEAT_MS : 500 + random() * 1_000)
  }
}

async function handle(parts: ControllerParts, data: string, signal: AbortSignal): Promise<void> {
  const json: unknown = JSON.parse(data)
  const parsed = RoutesEvent.safeParse(json)
  if (!parsed.success) {
    const { field, detail } = firstIssue(parsed.error)
    const version = Versioned.safeParse(json).data?.version
    parts.log.error({ version, field, detail }, 'the controller pushed what this proxy does not understand')
    return version === undefined ? undefined : answer(parts, { version, reason: `${field} ${detail}` }, signal)
  }
  const event = parsed.data
  if (event.kind === 'credentials') {
    parts.routing.setCredentials(event.credentials)
    return parts.credentialsChanged()
  }
  const { version, endpoints } = event
  const reason = parts.routing.problem(endpoints)
  if (reason !== undefined) {
    parts.log.warn({ version, reason }, 'routing table refused')
    return answer(parts, { version, reason }, signal)
  }
  await parts.routing.apply(version, endpoints)
  parts.log.info({ version }, 'routing table applied')
  parts.tableApplied()
  await answer(parts, { version }, signal)
}

/** A version with a reason is refused, one without is applied. */
async function answer(
  parts: ControllerParts,
  { version, reason }: { version: number; reason?: string },
  signal: AbortSignal,
): Promise<void> {
  const body: RoutesAnswer = {
    name: parts.self.name,
    version,
    applied: reason === undefined,
    ...(reason !== undefined && { reason }),
  }
  await parts.client.json('POST', `${parts.controller}/api/routes/answer`, { body, headers: bearer(parts.key), signal })
}

const unknownYet = (error: unknown): boolean => error instanceof CallRefusedError && error.status === 404
