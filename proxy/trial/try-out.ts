/** Tries a key or a route: asks for the list of models, which costs nothing, and says what is wrong. Nothing is asked twice. */
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { PROVIDER_ORIGINS } from '../../shared/protocol/route.ts'
import { type ListedModel, MOST_MODELS, type TrialResult } from '../../shared/protocol/trial.ts'
import { credentialFailure } from '../providers/caller.ts'
import { Deadline } from '../providers/deadline.ts'
import type { ProviderDispatcher } from '../providers/dispatcher.ts'
import type { Credential } from '../routing.ts'
import { findModel, listedModel } from './listed-model.ts'
import { type ModelClient, modelClient } from './model-clients.ts'
import { ModelServer } from './model-server.ts'
import { problemOf, TrialError, type TrialProblem } from './trial-failure.ts'

/** Of a key the model of the route does not matter. */
export type Trial = {
  readonly of: 'key' | 'route'
  readonly route: ApiRoute
  readonly credential: Credential | undefined
}

type Parts = {
  readonly dispatcher: ProviderDispatcher
  readonly signal: AbortSignal
  readonly wholeMs?: number
  readonly clientOf?: typeof modelClient
}

/** Longest time for all that a trial asks, in milliseconds; loading its client does not count. */
const WHOLE_MS = 12_000

export async function tryOut(
  trial: Trial,
  { dispatcher, signal, wholeMs = WHOLE_MS, clientOf = modelClient }: Parts,
): Promise<TrialResult> {
  const { route, credential } = trial
  const refusal = credentialFailure(route, credential)
  if (refusal !== undefined) return failed(trial, problemOf(refusal), [])
  await using client = await clientOf(route.kind, signal)
  const deadline = new Deadline(wholeMs, 'nobody answered')
  const key = route.credential === undefined ? undefined : credential?.secret
  const signals = AbortSignal.any([signal, deadline.signal])
  const server = new ModelServer({ route, key, dispatcher, signal: signals })
  const { conceal } = server
  let models: ListedModel[] = []
  try {
    const listed = (await client.all(server)).slice(0, MOST_MODELS).flatMap(entry => listedModel(entry) ?? [])
    models = listed.map(model => concealed(model, conceal))
    const found = trial.of === 'route' ? await modelOf(client, { models, server }) : undefined
    const isProven = key === undefined || isOwn(route) || !(await server.isOpen('/models'))
    return { ok: true, message: success(trial, { models, found, isProven }), models }
  } catch (error) {
    if (!(error instanceof TrialError)) throw error
    return failed(trial, { ...error.problem, message: conceal(error.problem.message) }, models)
  } finally {
    deadline.stop()
  }
}

/** The model with names as they may be shown: a server may call a model by the key. */
function concealed({ id, shutdown, replacement }: ListedModel, conceal: (text: string) => string): ListedModel {
  return {
    id: conceal(id),
    ...(shutdown !== undefined && { shutdown }),
    ...(replacement !== undefined && { replacement: conceal(replacement) }),
  }
}

/** A name that stands for another model is in no list, but is known when it is asked for. @throws {TrialError} */
async function modelOf(
  client: ModelClient,
  { models, server }: { models: readonly ListedModel[]; server: ModelServer },
): Promise<ListedModel | undefined> {
  const { route } = server
  const found = findModel(models, route.model)
  if (found !== undefined) return found
  const known = await client.get(server, route.model).catch(() => undefined)
  const model = known === undefined ? undefined : listedModel(known)
  if (known !== undefined) return model && concealed(model, server.conceal)
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
