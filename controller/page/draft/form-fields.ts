/** Which fields the form shows for each kind of route. The schema decides what is valid; this decides what is asked. */
import { API_KINDS, PROVIDER_ORIGINS, type Route } from '../../../shared/protocol/route.ts'

export type RouteKind = Route['kind']
export const ROUTE_KINDS = ['peer', ...API_KINDS] as const satisfies readonly RouteKind[]
export const isRouteKind = (kind: string): kind is RouteKind => ROUTE_KINDS.some(known => known === kind)

/** `path` is dotted below the route. `lines` is a list, one entry a line; `names` the same, without spaces around. */
export type FormField = {
  readonly path: string
  readonly label: string
  readonly input: 'text' | 'number' | 'lines' | 'names' | 'flag'
  readonly optional?: boolean
  readonly hint?: string
  readonly group?: 'parameters'
}

const PEER_FIELDS: readonly FormField[] = [
  { path: 'host', label: 'Host', input: 'text' },
  { path: 'port', label: 'Port', input: 'number' },
]

const API_FIELDS: readonly FormField[] = [
  { path: 'baseUrl', label: 'Base URL', input: 'text' },
  { path: 'model', label: 'Model', input: 'text' },
  { path: 'credential', label: 'Credential', input: 'text', optional: true },
  { path: 'timeoutMs', label: 'Timeout (ms)', input: 'number', optional: true },
  {
    path: 'fallback',
    label: 'Fallback routes',
    input: 'names',
    optional: true,
    hint: 'one name a line, tried in order',
  },
  { path: 'limits.parallel', label: 'Parallel calls', input: 'number', optional: true, hint: '16 when empty' },
  { path: 'limits.waiting', label: 'Waiting questions', input: 'number', optional: true, hint: '64 when empty' },
  {
    path: 'privateNetwork',
    label: 'Private network',
    input: 'flag',
    optional: true,
    hint: 'tick it if the base URL leads to this machine or to a network of your own',
  },
  { path: 'demo', label: 'Demonstration provider', input: 'flag', optional: true },
  ...(
    [
      { path: 'parameters.temperature', label: 'Temperature', input: 'number', hint: '0 to 2' },
      { path: 'parameters.topP', label: 'Top P', input: 'number', hint: '0 to 1' },
      { path: 'parameters.maxTokens', label: 'Max tokens', input: 'number' },
      { path: 'parameters.seed', label: 'Seed', input: 'number' },
      {
        path: 'parameters.stop',
        label: 'Stop texts',
        input: 'lines',
        hint: 'one a line, 4 at most; \\n is a line break',
      },
    ] as const
  ).map(field => ({ ...field, optional: true, group: 'parameters' as const })),
]

const DIALECT: FormField = {
  path: 'dialect',
  label: 'Dialect',
  input: 'text',
  optional: true,
  hint: '"compatible" for a server that knows less than OpenAI, such as Ollama or llama.cpp',
}

/** Only one kind is spoken by servers of others, which know less of it. */
export function fieldsOf(kind: string): readonly FormField[] {
  if (kind === 'peer') return PEER_FIELDS
  return kind === 'openai'
    ? API_FIELDS.flatMap(field => (field.path === 'model' ? [field, DIALECT] : [field]))
    : API_FIELDS
}

/** What a new route of a kind starts with, by path. */
export function startingFields(kind: RouteKind): Readonly<Record<string, string>> {
  if (kind === 'peer') return { host: '127.0.0.1' }
  const [origin] = PROVIDER_ORIGINS[kind]
  return { baseUrl: `${origin}/${kind === 'gemini' ? 'v1beta' : 'v1'}`, credential: kind }
}
