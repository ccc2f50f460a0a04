/** Trying a key or a route before it is saved: which proxy tries it, with which key, and what it says. */
import * as z from 'zod'
import type { Api } from '../shared/process/api.ts'
import { carriesKey } from '../shared/process/overlay-key.ts'
import { redactor, Secret } from '../shared/process/secret.ts'
import { InvalidInputError } from '../shared/protocol/errors.ts'
import { own, PeerName } from '../shared/protocol/names.ts'
import {
  type ApiRoute,
  CredentialId,
  credentialProblem,
  isApiRoute,
  PROVIDER_ORIGINS,
} from '../shared/protocol/route.ts'
import { asMeant } from '../shared/protocol/route-address.ts'
import { CredentialTrial, RouteTrial, TrialAnswer, TrialReport, type TrialResult } from '../shared/protocol/trial.ts'
import { withCredential } from './credentials.ts'
import type { StoredCredential } from './document.ts'
import { NobodyTriesError, ProxyOfflineError, WrongKeyError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Store } from './store.ts'

type Parts = { readonly key: Secret; readonly store: Store; readonly hub: Hub }

export function addTrialApi(api: Api, { key, store, hub }: Parts): void {
  api.route(
    {
      method: 'post',
      path: '/api/credentials/:id/test',
      summary: 'Try a key, saved or not, in a proxy; nothing is saved, and nothing is paid for',
      params: z.object({ id: CredentialId }),
      body: CredentialTrial,
      answers: { 200: TrialAnswer },
    },
    async ({ params: { id }, body: { proxy: wanted, ...change }, c }) => {
      const state = withCredential(store.state, id, change, `Cannot test credential "${id}"`)
      const credential = own(state.credentials, id)
      if (credential === undefined) throw new Error('a credential was put and is not there')
      const naming = namesOfRoutes(store, id)
      if (wanted !== undefined) store.table(wanted)
      const isKnown = change.value === undefined
      if (isKnown && !naming.some(({ proxy }) => wanted === undefined || proxy === wanted))
        throw new NobodyTriesError(id)
      const proxy =
        wanted ?? proxyFor(hub, { naming: naming.map(({ proxy }) => proxy), all: isKnown ? [] : store.proxyNames() })
      const route = routeFor(id, credential, naming)
      return c.json({ proxy, ...(await tried({ hub, proxy, of: 'key', route, credential })) })
    },
  )
  api.route(
    {
      method: 'post',
      path: '/api/proxies/:name/endpoints/test',
      summary: 'Try a route, saved or not, in its proxy; nothing is saved, and nothing is paid for',
      params: z.object({ name: PeerName }),
      body: RouteTrial,
      answers: { 200: TrialAnswer },
    },
    async ({ params: { name: proxy }, body: { route }, c }) => {
      store.table(proxy)
      const credential = route.credential === undefined ? undefined : own(store.state.credentials, route.credential)
      const what = 'Cannot test the route'
      if (route.credential !== undefined && credential === undefined)
        throw new InvalidInputError({
          what,
          field: 'route.credential',
          detail: `names "${route.credential}", which has no key; set one under Credentials`,
        })
      const problem = credentialProblem(route, credential?.origins)
      if (problem !== undefined) throw new InvalidInputError({ what, field: 'route.baseUrl', detail: problem })
      return c.json({ proxy, ...(await tried({ hub, proxy, of: 'route', route, credential })) })
    },
  )
  api.route(
    {
      method: 'post',
      path: '/api/trials/:id',
      summary: 'A proxy tells what came of a trial',
      params: z.object({ id: z.uuid() }),
      body: TrialReport,
      answers: { 200: z.object({ ok: z.literal(true) }) },
    },
    ({ params, body, c }) => {
      if (!carriesKey(c.req.header('authorization'), key)) throw new WrongKeyError()
      hub.trials.answered(params.id, body)
      return c.json({ ok: true })
    },
  )
}

type Naming = { readonly proxy: string; readonly route: ApiRoute }

/** The routes that name a credential, with their proxies. */
const namesOfRoutes = (store: Store, id: string): Naming[] =>
  store
    .proxyNames()
    .flatMap(proxy =>
      Object.values(store.table(proxy).endpoints).flatMap(route =>
        isApiRoute(route) && route.credential === id ? [{ proxy, route }] : [],
      ),
    )

/**
 * The one that will use the key, where there is one: its way to the provider is the one that counts. A key that is typed
 * and named by no route may be tried by any; `all` is empty for a saved one.
 */
function proxyFor(hub: Hub, { naming, all }: { naming: readonly string[]; all: readonly string[] }): string {
  const found = [...naming, ...all].find(name => hub.canTry(name)) ?? naming[0] ?? all[0]
  if (found !== undefined) return found
  throw new ProxyOfflineError('Cannot test: a proxy asks the provider, and there is none. Start the overlay.')
}

/** Where a key is tried: as a route would use it, else at the provider's usual path of the first origin it may go to. */
function routeFor(id: string, { provider, origins }: StoredCredential, naming: readonly Naming[]): ApiRoute {
  const usable = naming.find(({ route }) => route.kind === provider && credentialProblem(route, origins) === undefined)
  if (usable !== undefined) return usable.route
  const origin = origins[0] ?? PROVIDER_ORIGINS[provider][0]
  const baseUrl = `${origin}/${provider === 'gemini' ? 'v1beta' : 'v1'}`
  // Whoever allowed the origin meant it, wherever it leads.
  return asMeant({ kind: provider, baseUrl, model: 'any', credential: id })
}

type Tried = {
  readonly hub: Hub
  readonly proxy: string
  readonly of: 'key' | 'route'
  readonly route: ApiRoute
  readonly credential: StoredCredential | undefined
}

/** What the proxy says, without the key should it be in there. */
async function tried({ hub, proxy, of, route, credential }: Tried): Promise<TrialResult> {
  const carried = credential && { value: credential.value, origins: [...credential.origins] }
  const result = await hub.trials.run(proxy, { of, route, ...(carried && { credential: carried }) })
  const conceal = redactor(credential === undefined ? [] : [new Secret(credential.value)])
  return {
    ...result,
    message: conceal(result.message),
    models: result.models.map(model => ({ ...model, id: conceal(model.id) })),
  }
}
