/** What proxies ask of the controller: to be known, to be seen, and the stream of their routes. */
import * as z from 'zod'
import type { Api } from '../shared/process/api.ts'
import { BEYOND_LOOPBACK, isLoopback } from '../shared/process/guard.ts'
import { carriesKey } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { Heartbeat, Registration, RoutesAnswer } from '../shared/protocol/control.ts'
import { nameKey, own, PeerName } from '../shared/protocol/names.ts'
import { UnknownProxyError, WrongKeyError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store.ts'

/** A proxy beyond this machine would get every message of the others, and nobody could tell who it is. */
const LocalRegistration = Registration.extend({
  host: z.string().refine(host => isLoopback(host) || host === 'localhost', BEYOND_LOOPBACK),
})

const Done = z.object({ ok: z.literal(true) })
const Heard = Done.extend({ stream: z.boolean().describe('the stream of its routing tables is open here') })

/** Calls of proxies since the start, by kind. */
export type ProxyCalls = { registrations: number; heartbeats: number; streams: number; answers: number }

/** @returns the calls so far, counted on */
export function addProxyApi(
  api: Api,
  { key, store, hub, presence }: { key: Secret; store: Store; hub: Hub; presence: Presence },
): Readonly<ProxyCalls> {
  const calls = { registrations: 0, heartbeats: 0, streams: 0, answers: 0 }
  const requireKnown = (name: string) => {
    if (own(store.state.proxies, nameKey(name)) === undefined) throw new UnknownProxyError(name, store.proxyNames())
  }
  const check = (authorization: string | undefined) => {
    if (!carriesKey(authorization, key)) throw new WrongKeyError()
  }

  api.route(
    {
      method: 'post',
      path: '/api/register',
      summary: 'A proxy makes itself known',
      body: LocalRegistration,
      answers: { 200: Done },
    },
    async ({ body, c }) => {
      check(c.req.header('authorization'))
      calls.registrations += 1
      await store.register(body)
      presence.sawNow(body.name)
      return c.json({ ok: true })
    },
  )
  api.route(
    {
      method: 'post',
      path: '/api/heartbeat',
      summary: 'A proxy is alive; its figures',
      body: Heartbeat,
      answers: { 200: Heard },
    },
    ({ body, c }) => {
      check(c.req.header('authorization'))
      calls.heartbeats += 1
      requireKnown(body.name)
      presence.sawNow(body.name, { counters: body.counters, startedAt: body.startedAt })
      hub.proxyChanged(body.name)
      return c.json({ ok: true, stream: hub.hasRoutes(body.name) })
    },
  )
  api.route(
    {
      method: 'get',
      path: '/api/routes',
      summary: 'The stream of routing tables and credentials of one proxy',
      query: z.object({
        name: PeerName,
        trials: z.string().optional().describe('`1` of a proxy that tries keys and routes'),
      }),
      answers: { 200: null },
    },
    ({ query, c }) => {
      check(c.req.header('authorization'))
      calls.streams += 1
      requireKnown(query.name)
      return hub.openRoutes(c, query.name, { trials: query.trials === '1' })
    },
  )
  api.route(
    {
      method: 'post',
      path: '/api/routes/answer',
      summary: 'A proxy applied or refused a version',
      body: RoutesAnswer,
      answers: { 200: Done },
    },
    ({ body, c }) => {
      check(c.req.header('authorization'))
      calls.answers += 1
      presence.answered(body, store.table(body.name).version)
      hub.proxyChanged(body.name)
      return c.json({ ok: true })
    },
  )
  return calls
}
