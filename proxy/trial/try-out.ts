/** Tries a key or a route: asks for the list of models, which costs nothing, and says what is wrong. Nothing is asked twice. */
import type { Dispatcher } from 'undici'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { PROVIDER_ORIGINS } from '../../shared/protocol/route.ts'
import { type ListedModel, MOST_MODELS, type TrialResult } from '../../shared/protocol/trial.ts'
import { credentialFailure } from '../providers/caller.ts'
import { Deadline } from '../providers/deadline.ts'
import type { Credential } from '../routing.ts'
import { findModel, listedModel } from './listed-model.ts'
import { loadClient, type ModelClient, modelClient } from './model-clients.ts'
import { ModelServer } from './model-server.ts'
import { problemOf, TrialError, type TrialProblem, wrongAddress } from './trial-failure.ts'

/** Of a key the model of the route does not matter. */
export type Trial = {
  readonly of: 'key' | 'route'
  readonly route: ApiRoute
  readonly credential: Credential | undefined
}

type Parts = { readonly dispatcher: Dispatcher; readonly signal: AbortSignal; readonly wholeMs?: number }

/** Longest time for one trial with all that it asks, in milliseconds. */
const WHOLE_MS = 12_000

export async function tryOut(trial: Trial, { dispatcher, signal, wholeMs = WHOLE_MS }: Parts): Promise<TrialResult> {
  const { route, credential } = trial
  const refusal = credentialFailure(route, credential)
  if (refusal !== undefined) return failed(trial, problemOf(refusal), [])
  await loadClient(route.kind)
  const deadline = new Deadline(wholeMs, 'nobody answered')
  const key = route.credential === undefined ? undefined : credential?.secret
  const signals = AbortSignal.any([signal, deadline.signal])
  const server = new ModelServer({ route, key, dispatcher, signal: signals })
  let models: ListedModel[] = []
  try {
    const client = await modelClient(server)
    models = await modelsOf(client, server)
    const found = trial.of === 'route' ? await modelOf(client, { models, route }) : undefined
    const isProven = key === undefined || isOwn(route) || !(await server.isOpen('/models'))
    return { ok: true, message: success(trial, { models, found, isProven }), models }
  } catch (error) {
    if (!(error instanceof TrialError)) throw error
    return failed(trial, error.problem, models)
  } finally {
    deadline.stop()
  }
}

/** @throws {TrialError} */
async function modelsOf(client: ModelClient, server: ModelServer): Promise<ListedModel[]> {
  const models: ListedModel[] = []
  const iterator = client.all()[Symbol.asyncIterator]()
  while (models.length < MOST_MODELS) {
    const next = await iterator.next().catch((error: unknown) => {
      const asked = `${server.route.baseUrl.replace(/\/+$/, '')}/models`
      if (error instanceof TrialError) throw error
      throw server.failure ?? wrongAddress(server.route.kind, { asked, says: 'answers with no list of models' })
    })
    if (next.done === true) break
    const model = listedModel(next.value)
    if (model !== undefined) models.push(model)
  }
  return models
}

/** A name that stands for another model is in no list, but is known when it is asked for. @throws {TrialError} */
async function modelOf(
  client: ModelClient,
  { models, route }: { models: readonly ListedModel[]; route: ApiRoute },
): Promise<ListedModel | undefined> {
  const found = findModel(models, route.model)
  if (found !== undefined) return found
  const known = await client.get(route.model).catch(() => undefined)
  if (known !== undefined) return listedModel(known)
  const several = models.length === 1 ? 'the one that it lists' : `one of the ${models.length} that it lists`
  const choose = models.length === 0 ? 'It lists none.' : `Choose ${several}.`
  const message = `${originOf(route)} does not list the model "${route.model}". ${choose}`
  throw new TrialError({ code: 'unknown_model', field: 'model', message })
}

const originOf = ({ baseUrl }: ApiRoute): string => new URL(baseUrl).origin
const isOwn = (route: ApiRoute): boolean => PROVIDER_ORIGINS[route.kind].some(origin => origin === originOf(route))

type Found = { models: readonly ListedModel[]; found: ListedModel | undefined; isProven: boolean }

function success({ of, route }: Trial, { models, found, isProven }: Found): string {
  const origin = originOf(route)
  const many = models.length === 1 ? '1 model' : `${models.length} models`
  const end = found?.shutdown
  const instead = found?.replacement ? ` Use ${found.replacement} instead.` : ''
  const ends = end === undefined ? '' : ` The provider shuts this model down on ${end}.${instead}`
  const open = `${origin} lists its models to everyone, so that only a question shows whether the key is right.`
  if (of === 'route') {
    const works = `The route works: ${origin} knows the model "${route.model}".${ends}`
    return isProven ? works : `${works} ${open}`
  }
  return isProven
    ? `The key works: ${origin} lists ${many} for it. Only a question shows whether it has credit.`
    : `Cannot say whether the key works: ${open}`
}

function failed({ of, route }: Trial, problem: TrialProblem, models: ListedModel[]): TrialResult {
  const { code, message } = problem
  const field = of === 'key' && problem.field === 'credential' ? 'value' : problem.field
  const words = /^[A-Z][a-z ]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message
  const needsKey = code === 'wrong_key' && route.credential === undefined
  const what = of === 'key' ? 'Cannot use this key' : 'Cannot use this route'
  const isRefused = code === 'wrong_key' && of === 'key'
  const sentence = needsKey
    ? `${originOf(route)} wants a key. Name a credential.`
    : isRefused
      ? `${originOf(route)} refuses it. Copy it again from the provider, whole, and look whether it is still active there.`
      : words
  return { ok: false, code, ...(field !== undefined && { field }), message: `${what}: ${sentence}`, models }
}
