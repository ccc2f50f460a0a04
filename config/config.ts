/** What a valid overlay is: the schema of `config/overlay.json`, and reading it with errors that name the field. */
import * as z from 'zod'
import { readText } from '../shared/process/read-text.ts'
import { StartError } from '../shared/process/start-error.ts'
import { errorCode, errorText, firstIssue } from '../shared/protocol/errors.ts'
import { nameKey, own, PeerName } from '../shared/protocol/names.ts'
import { ApiRoute, fallbackProblem } from '../shared/protocol/route.ts'
import { LoopbackAddress } from './address.ts'
import { checkAddresses } from './address-conflicts.ts'
import { Instance } from './instance.ts'

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
  .superRefine(checkReferences)
  .superRefine(checkAddresses)
export type Config = z.infer<typeof Config>

/** Names of folders under the data folder. */
const RESERVED = ['controller', 'logs', 'build', 'demo', 'restore-staged']

type References = { instances: Instance[]; routes: Record<string, ApiRoute>; personalities: Record<string, string> }

function checkReferences({ instances, routes, personalities }: References, context: z.RefinementCtx): void {
  const names = new Map<string, string>(RESERVED.map(name => [name, 'the overlay itself']))
  for (const name of Object.keys(routes)) names.set(nameKey(name), `the route "${name}"`)
  for (const name of Object.keys(routes)) {
    const problem = fallbackProblem(routes, name)
    if (problem !== undefined)
      context.addIssue({ code: 'custom', path: ['routes', name, 'fallback'], message: problem })
  }
  const words = new Map<string, string>()
  for (const name of Object.keys(personalities)) {
    const other = words.get(name.toLowerCase())
    const message = `is "${other}" once more; names match without regard to case`
    if (other !== undefined) context.addIssue({ code: 'custom', path: ['personalities', name], message })
    words.set(name.toLowerCase(), name)
  }
  const numbers = new Map<number, string>()
  const refuse = (index: number, field: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: ['instances', index, ...field], message })
  instances.forEach((instance, index) => {
    const taken = names.get(nameKey(instance.name))
    if (taken !== undefined)
      refuse(index, ['name'], `"${instance.name}" is taken by ${taken}; names match without regard to case`)
    names.set(nameKey(instance.name), `another instance`)
    const owner = numbers.get(instance.n)
    if (owner !== undefined)
      refuse(index, ['n'], `${instance.n} is taken by "${owner}"; each instance needs ports of its own`)
    numbers.set(instance.n, instance.name)
    if (instance.kind === 'person' && instance.mode === 'assistant' && Object.keys(routes).length === 0)
      refuse(index, ['mode'], 'assistant needs an AI: there is none among the routes')
    const answers =
      instance.kind === 'assistant' ? instance : instance.kind === 'person' ? instance.assistant : undefined
    const within = instance.kind === 'person' ? ['assistant'] : []
    if (answers === undefined) return
    const { route, personality } = answers
    if (own(routes, route) === undefined)
      refuse(index, [...within, 'route'], `"${route}" is none of the routes: ${Object.keys(routes).join(', ')}`)
    if (personality !== undefined && own(personalities, personality) === undefined)
      refuse(
        index,
        [...within, 'personality'],
        `"${personality}" is none of the personalities: ${Object.keys(personalities).join(', ')}`,
      )
  })
}

/** A configuration that is not valid. `field` is the dotted path of what is wrong in it; empty for the whole. */
export class ConfigError extends StartError {
  readonly field: string
  readonly detail: string
  constructor(file: string, { field, detail }: { field: string; detail: string }) {
    super(
      `Cannot use configuration ${file}: ${field === '' ? 'it' : field} ${detail}. config/overlay.schema.json describes all fields.`,
    )
    this.field = field
    this.detail = detail
  }
}

/** @throws {StartError} naming the file, the field and what is allowed there */
export const loadConfig = (file: string): Config => checkConfig(readJson(file), file)

/** @throws {ConfigError} when a value, read from that file or about to be written there, is no configuration */
export function checkConfig(value: unknown, file: string): Config {
  const result = Config.safeParse(value)
  if (result.success) return result.data
  throw new ConfigError(file, firstIssue(result.error))
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file))
  } catch (error) {
    const detail =
      error instanceof SyntaxError
        ? `it is not JSON (${error.message})`
        : errorCode(error) === 'ENOENT'
          ? 'there is no such file'
          : errorText(error)
    throw new StartError(`Cannot use configuration ${file}: ${detail}.`)
  }
}
