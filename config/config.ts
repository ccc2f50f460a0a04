/** What a valid overlay is: the schema of `config/overlay.json`, and reading it with errors that name the field. */
import * as z from 'zod'
import { fileReason } from '../shared/process/file-problem.ts'
import { readText } from '../shared/process/read-text.ts'
import { StartError } from '../shared/process/start-error.ts'
import { allIssues, errorCode, errorText, type Issue } from '../shared/protocol/errors.ts'
import { nameKey, own, PeerName } from '../shared/protocol/names.ts'
import { ApiRoute, fallbackProblem } from '../shared/protocol/route.ts'
import { addressProblem, allAsMeant, asMeant } from '../shared/protocol/route-address.ts'
import { LoopbackAddress } from './address.ts'
import { checkAddresses, type Partly, type Refuse } from './address-conflicts.ts'
import { ConfigError } from './config-error.ts'
import { Instance } from './instance.ts'
import { jsonProblem } from './json-problem.ts'

export { ConfigError } from './config-error.ts'

/** A word, since `personality NAME` is a command of two. */
const PersonalityName = z
  .string()
  .regex(/^\S{1,32}$/, 'must be one word of at most 32 characters')
  .refine(name => name.toLowerCase() !== 'none', 'stands for no personality; choose another name')

/** What a provider asks for a model, per million tokens. Thinking counts as output. */
export const Price = z.strictObject({
  date: z.iso.date().describe('the day on which the provider asked this'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters such as USD')
    .default('USD'),
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cached: z
    .number()
    .nonnegative()
    .optional()
    .describe('of input tokens read from a cache; as input where it is missing'),
})
export type Price = z.infer<typeof Price>

export const Config = z
  .strictObject({
    $schema: z.string().optional(),
    controller: LoopbackAddress.optional().describe('where the controller listens, instead of 127.0.0.1:8000'),
    instances: z.array(Instance).min(1).max(200),
    routes: z.record(PeerName, ApiRoute).describe('the AI routes that every person has'),
    cannedReplies: z.array(z.string().min(1).max(2000)).min(1),
    personalities: z.record(PersonalityName, z.string().min(1).max(8000)).describe('name → system text'),
    prices: z
      .record(z.string().min(1).max(200), Price)
      .default({})
      .describe('model, by exactly the name that routes give it → price; an answer of another model has no cost'),
    delivery: z
      .strictObject({
        lifetimeDays: z
          .number()
          .min(0.001)
          .max(365)
          .default(7)
          .describe('a message that nobody took in this time, while its proxy ran, is given up'),
      })
      .prefault({}),
    conversation: z
      .strictObject({
        turns: z
          .int()
          .min(0)
          .max(200)
          .default(20)
          .describe('most turns of history that go along with a question to an AI'),
        tokens: z
          .int()
          .min(100)
          .max(1_000_000)
          .default(12_000)
          .describe('most tokens of that history and the personality together, estimated'),
        charactersPerToken: z
          .number()
          .min(0.5)
          .max(20)
          .default(4)
          .describe('what the estimate counts as one token; ideographs count as a token each'),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    checkTogether(config, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  })
export type Config = z.infer<typeof Config>

/** Names of folders under the data folder. */
const RESERVED = ['controller', 'logs', 'build', 'demo', 'restore-staged']

type Parts = Partly<Pick<Config, 'controller' | 'instances'>> & {
  readonly routes?: Config['routes'] | undefined
  readonly personalities?: Config['personalities'] | undefined
}

/** What the parts must be to each other. What is not valid by itself is missing, and nothing is said about it. */
function checkTogether({ instances, routes, personalities, controller }: Parts, refuse: Refuse): void {
  const names = new Map<string, string>(RESERVED.map(name => [name, 'the overlay itself']))
  for (const name of Object.keys(routes ?? {})) names.set(nameKey(name), `the route "${name}"`)
  for (const name of Object.keys(routes ?? {})) {
    const problem = fallbackProblem(routes ?? {}, name)
    if (problem !== undefined) refuse(['routes', name, 'fallback'], problem)
    const route = own(routes ?? {}, name)
    const address = route && addressProblem(asMeant(route))
    if (address !== undefined) refuse(['routes', name, 'baseUrl'], address)
  }
  const words = new Map<string, string>()
  for (const name of Object.keys(personalities ?? {})) {
    const other = words.get(name.toLowerCase())
    if (other !== undefined)
      refuse(['personalities', name], `is "${other}" once more; names match without regard to case`)
    words.set(name.toLowerCase(), name)
  }
  const numbers = new Map<number, string>()
  instances.forEach((instance, index) => {
    if (instance === undefined) return
    const at = (...field: string[]) => ['instances', index, ...field]
    const taken = names.get(nameKey(instance.name))
    if (taken !== undefined)
      refuse(at('name'), `"${instance.name}" is taken by ${taken}; names match without regard to case`)
    names.set(nameKey(instance.name), `another instance`)
    const owner = numbers.get(instance.n)
    if (owner !== undefined)
      refuse(at('n'), `${instance.n} is taken by "${owner}"; each instance needs ports of its own`)
    numbers.set(instance.n, instance.name)
    if (instance.kind === 'person' && instance.mode === 'assistant' && routes && Object.keys(routes).length === 0)
      refuse(at('mode'), 'assistant needs an AI: there is none among the routes')
    const answers =
      instance.kind === 'assistant' ? instance : instance.kind === 'person' ? instance.assistant : undefined
    const within = instance.kind === 'person' ? ['assistant'] : []
    if (answers === undefined) return
    const { route, personality } = answers
    if (routes && own(routes, route) === undefined)
      refuse(at(...within, 'route'), `"${route}" is none of the routes: ${Object.keys(routes).join(', ')}`)
    if (personality !== undefined && personalities && own(personalities, personality) === undefined)
      refuse(
        at(...within, 'personality'),
        `"${personality}" is none of the personalities: ${Object.keys(personalities).join(', ')}`,
      )
  })
  checkAddresses({ controller, instances }, refuse)
}

/** @throws {StartError} naming the file, the field and what is allowed there */
export const loadConfig = (file: string): Config => checkConfig(readJson(file), file)

/**
 * Routes to private networks are marked as such: only its user writes the file, and means what stands there.
 * @throws {ConfigError} when a value, read from that file or about to be written there, is no configuration
 */
export function checkConfig(value: unknown, file: string): Config {
  const result = Config.safeParse(value)
  if (result.success) return { ...result.data, routes: allAsMeant(result.data.routes) }
  throw new ConfigError(file, [...allIssues(result.error), ...issuesOfParts(value)], value)
}

/** Nothing else than the list is asked of a text whose other parts may be wrong. */
const Lenient = z.looseObject({
  controller: LoopbackAddress.optional().catch(undefined),
  instances: z.array(Instance.optional().catch(undefined)),
  routes: Config.shape.routes.optional().catch(undefined),
  personalities: Config.shape.personalities.optional().catch(undefined),
})

/** What is wrong between those parts that are valid by themselves: the schema does not look at it while any is not. */
function issuesOfParts(value: unknown): Issue[] {
  const { data } = Lenient.safeParse(value)
  const found: Issue[] = []
  if (data !== undefined) checkTogether(data, (path, detail) => found.push({ path, field: path.join('.'), detail }))
  return found
}

function readJson(file: string): unknown {
  let text = ''
  try {
    text = readText(file)
    return JSON.parse(text)
  } catch (error) {
    const detail =
      error instanceof SyntaxError
        ? `it is not JSON: ${jsonProblem(text) ?? error.message}`
        : errorCode(error) === 'ENOENT'
          ? 'there is no such file'
          : (fileReason(error) ?? errorText(error))
    throw new StartError(`Cannot use configuration ${file}: ${detail}.`)
  }
}
