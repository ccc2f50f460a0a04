import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { Secret } from '../../shared/process/secret.ts'
import { API_KINDS, type ApiKind, ApiRoute } from '../../shared/protocol/route.ts'
import { useDemo } from '../demo/testing/demo.ts'
import { providerDispatcher } from '../providers/dispatcher.ts'
import { deadOrigin, startRawServer } from '../providers/testing/raw-server.ts'
import { type ModelClient, modelClient } from './model-clients.ts'
import { type Trial, tryOut } from './try-out.ts'

const demo = useDemo()
/** One for all tests of a kind, for each has hundreds of files to load. */
const clients = new Map<ApiKind, ModelClient>()
const shared = (kind: ApiKind) => {
  const client = clients.get(kind)
  if (client === undefined) throw new Error(`${kind} is not loaded`)
  return Promise.resolve({ ...client, [Symbol.asyncDispose]: async () => {} })
}
beforeAll(async () => {
  for (const kind of API_KINDS) clients.set(kind, await modelClient(kind, new AbortController().signal))
}, 180_000)
afterAll(() => Promise.all([...clients.values()].map(client => client[Symbol.asyncDispose]())))
const KEY = 'sk-planted-0123456789-wxyz'
const MODELS = {
  openai: 'gpt-6-luna',
  anthropic: 'claude-sonnet-5-5',
  gemini: 'gemini-3.5-flash-lite',
  mistral: 'mistral-small-latest',
}

type Choice = { of?: Trial['of']; key?: string | undefined; origins?: string[]; wholeMs?: number; signal?: AbortSignal }

async function trying(kind: ApiKind, fields: { baseUrl?: string; model?: string } = {}, choice: Choice = {}) {
  const { of = 'route', origins, wholeMs, signal = new AbortController().signal } = choice
  const key = 'key' in choice ? choice.key : DEMO_KEYS[kind]
  const baseUrl = fields.baseUrl ?? demo.provider.baseUrls[kind]
  const keyed = key && { credential: 'mine' }
  const route = ApiRoute.parse({ kind, model: MODELS[kind], ...fields, baseUrl, privateNetwork: true, ...keyed })
  const credential = key ? { secret: new Secret(key), origins: origins ?? [new URL(baseUrl).origin] } : undefined
  const dispatcher = providerDispatcher()
  onTestFinished(() => dispatcher.destroy())
  return tryOut(
    { of, route, credential },
    { dispatcher, signal, clientOf: shared, ...(wholeMs !== undefined && { wholeMs }) },
  )
}

test.each(API_KINDS)('%s lists its models for the right key, by one GET and without a question', async kind => {
  const result = await trying(kind)
  expect(result).toMatchObject({ ok: true, message: expect.stringContaining('The route works') })
  expect(result.models.map(({ id }) => id)).toContain(MODELS[kind])
  expect(demo.calls[0]?.path).toMatch(/\/models(\?|$)/)
  expect(demo.calls.every(({ path, body }) => /\/models/.test(path) && body === undefined)).toBe(true)
})

test.each(API_KINDS)('%s refuses a wrong key, and the answer does not show it', async kind => {
  const result = await trying(kind, {}, { key: KEY, of: 'key' })
  expect(result).toMatchObject({ ok: false, code: 'wrong_key', field: 'value', models: [] })
  expect(result.message).toMatch(/^Cannot use this key: http\S+ refuses it\. Copy it again/)
  expect(JSON.stringify(result)).not.toContain('planted')
  expect(demo.calls).toHaveLength(1)
})

test.each(API_KINDS)('%s does not know a model, and the others are listed', async kind => {
  const result = await trying(kind, { model: 'no-such-model' })
  expect(result).toMatchObject({ ok: false, code: 'unknown_model', field: 'model' })
  expect(result.message).toMatch(
    /^Cannot use this route: http.* does not list the model "no-such-model"\. Choose one of/,
  )
  expect(result.models.length).toBeGreaterThan(1)
})

test.each(API_KINDS)('%s knows a name that it does not list', async kind => {
  expect(await trying(kind, { model: `${MODELS[kind]}-alias` })).toMatchObject({ ok: true })
})

test.each(API_KINDS)('%s at a wrong path: the base URL is named', async kind => {
  const result = await trying(kind, { baseUrl: `${new URL(demo.provider.baseUrls[kind]).origin}/v7` })
  expect(result).toMatchObject({ ok: false, code: 'wrong_address', field: 'baseUrl' })
  expect(result.message).toMatch(/has no models, status 404\. Check the base URL/)
})

test.each([
  ['anthropic', 'claude-haiku-4-5', /shuts this model down on 2099-10-31\./],
  ['mistral', 'mistral-medium-2508', /shuts this model down on 2099-10-31\. Use mistral-small-latest instead\./],
] as const)('%s tells when %s is shut down', async (kind, model, words) => {
  const result = await trying(kind, { model })
  expect(result).toMatchObject({ ok: true, message: expect.stringMatching(words) })
  expect(result.models.find(({ id }) => id === model)?.shutdown).toBe('2099-10-31')
})

test('models that answer no questions are not offered', async () => {
  for (const kind of ['gemini', 'mistral'] as const)
    expect(JSON.stringify((await trying(kind)).models)).not.toContain('embed')
})

test('a shutdown date of OpenRouter is told, and a list without an envelope is read', async () => {
  const entries = [{ id: 'a/b', expiration_date: '2030-01-31' }, { id: 'c', expiration_date: null }, { name: 7 }, 'x']
  for (const body of [{ data: entries }, entries]) {
    const { origin } = await startRawServer((_, response) => void response.end(JSON.stringify(body)))
    const result = await trying('openai', { baseUrl: `${origin}/v1`, model: 'a/b' }, { key: undefined })
    expect(result.models).toEqual([{ id: 'a/b', shutdown: '2030-01-31' }, { id: 'c' }])
    expect(result.message).toContain('2030-01-31')
  }
})

test('a server that lists its models to everyone proves no key', async () => {
  const { origin } = await startRawServer((_, response) => void response.end('{"data":[{"id":"m"}]}'))
  const result = await trying('openai', { baseUrl: `${origin}/v1` }, { key: KEY, of: 'key' })
  expect(result.message).toMatch(/^Cannot say whether the key works: .* to everyone/)
})

test('a server that wants a key, from a route without a credential', async () => {
  const result = await trying('openai', {}, { key: undefined })
  expect(result).toMatchObject({ ok: false, code: 'wrong_key', field: 'credential' })
  expect(result.message).toMatch(/wants a key\. Name a credential\.$/)
})

test('a key is not sent to another origin than its own', async () => {
  const { origin, requests } = await startRawServer((_, response) => void response.end('{}'))
  const result = await trying('openai', { baseUrl: `${origin}/v1` }, { key: KEY, origins: ['https://api.openai.com'] })
  expect(result).toMatchObject({ ok: false, message: expect.stringContaining('may only be sent to') })
  expect(requests).toHaveLength(0)
})

test.each(API_KINDS)('%s that redirects is not followed', async kind => {
  const elsewhere = await startRawServer((_, response) => void response.end('{"data":[]}'))
  const { origin } = await startRawServer((_, response) => {
    response.writeHead(307, { location: `${elsewhere.origin}/v1/models` }).end()
  })
  const result = await trying(kind, { baseUrl: `${origin}/v1` }, { key: KEY })
  expect(result).toMatchObject({ ok: false, code: 'wrong_address', message: expect.stringContaining('redirects') })
  expect(elsewhere.requests).toHaveLength(0)
})

test.each([
  ['a page', 'text/html', '<html>Hello</html>', /is no API/],
  ['JSON of another kind', 'application/json', '{"hello":1}', /no list of models/],
  ['a text in JSON', 'application/json', '"hello"', /no list of models/],
])('%s is no API', async (_, type, body, words) => {
  for (const kind of API_KINDS) {
    const { origin } = await startRawServer((_, response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    })
    const result = await trying(kind, { baseUrl: `${origin}/v1` })
    expect(result).toMatchObject({ ok: false, code: 'wrong_address', field: 'baseUrl' })
    expect(result.message).toMatch(words)
  }
})

test.each([
  ['openai', 'no-credit', 'no_credit'],
  ['anthropic', 'no-credit', 'no_credit'],
  ['gemini', 'no-credit', 'no_credit'],
  ['mistral', 'no-credit', 'no_credit'],
  ['openai', 'rate-limit', 'rate_limited'],
  ['anthropic', 'overloaded', 'overloaded'],
] as const)('%s with the recorded refusal %s is %s, asked once', async (kind, name, code) => {
  const recorded = readFileSync(join(import.meta.dirname, '../providers/recorded', kind, `${name}.http`), 'utf8')
  const [head = '', body = ''] = recorded.split(/\r?\n\r?\n/)
  const status = Number(/\b([45]\d\d)\b/.exec(head)?.[1])
  const { origin, requests } = await startRawServer((_, response) => void response.writeHead(status).end(body))
  expect(await trying(kind, { baseUrl: `${origin}/v1` })).toMatchObject({ ok: false, code })
  expect(requests).toHaveLength(1)
})

test('a key that may not list models is not called wrong', async () => {
  const said = 'You have insufficient permissions for this operation. Missing scopes: api.model.read.'
  const { origin } = await startRawServer((_, response) => {
    response.writeHead(403).end(JSON.stringify({ error: { message: said } }))
  })
  const result = await trying('openai', { baseUrl: `${origin}/v1` }, { of: 'key' })
  expect(result).toMatchObject({
    ok: false,
    code: 'unproven',
    message: expect.stringMatching(/^Cannot use this key: it may/),
  })
})

test.each(API_KINDS)('nobody there is said with the base URL of %s', async kind => {
  const result = await trying(kind, { baseUrl: `${await deadOrigin()}/v1` })
  expect(result).toMatchObject({ ok: false, code: 'unreachable', field: 'baseUrl' })
})

test.each(API_KINDS)('%s that breaks off its list is said to have done so', async kind => {
  const { origin } = await startRawServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[')
    setImmediate(() => response.destroy())
  })
  expect(await trying(kind, { baseUrl: `${origin}/v1` })).toMatchObject({ ok: false, code: 'truncated' })
})

test.each(API_KINDS)('%s that never answers is waited for so long and no longer', async kind => {
  const { origin } = await startRawServer(() => {})
  const result = await trying(kind, { baseUrl: `${origin}/v1` }, { wholeMs: 100 })
  expect(result).toMatchObject({ ok: false, code: 'timeout' })
})

test('a server that sends the key back does not bring it into the answer', async () => {
  const { origin } = await startRawServer((request, response) => {
    const { authorization = '' } = request.headers
    if (request.url === '/v1/models') response.end(JSON.stringify({ data: [{ id: authorization.slice(7) || 'm' }] }))
    else response.writeHead(404).end(authorization)
  })
  expect(JSON.stringify(await trying('openai', { baseUrl: `${origin}/v1` }, { key: KEY }))).not.toContain('planted')
})

test('nothing in the environment reaches the provider or changes who is asked', async () => {
  const { origin, requests } = await startRawServer((_, response) => void response.end('{"data":[{"id":"m"}]}'))
  const names = ['OPENAI', 'ANTHROPIC'].flatMap(name => [
    `${name}_API_KEY`,
    `${name}_BASE_URL`,
    `${name}_CUSTOM_HEADERS`,
  ])
  const planted = [...names, 'OPENAI_ORG_ID', 'ANTHROPIC_AUTH_TOKEN', 'MISTRAL_API_KEY']
  const before = planted.map(name => [name, process.env[name]] as const)
  onTestFinished(() => {
    for (const [name, value] of before) if (value === undefined) delete process.env[name]
  })
  for (const name of planted) process.env[name] = name.endsWith('HEADERS') ? 'x-spy: planted' : 'http://planted.invalid'
  for (const kind of ['openai', 'anthropic', 'mistral'] as const)
    await trying(kind, { baseUrl: `${origin}/v1`, model: 'm' }, { key: 'sk-right-0123456789' })
  expect(requests.length).toBeGreaterThanOrEqual(3)
  for (const { request } of requests) expect(JSON.stringify(request.headers)).not.toContain('planted')
})

test.each(API_KINDS)('a list of %s with hundreds of thousands of entries is refused in words', async kind => {
  const entries = Array.from({ length: 150_000 }, (_, number) => number)
  const body = JSON.stringify({ data: entries, models: entries })
  const { origin } = await startRawServer((_, response) => void response.end(body))
  const result = await trying(kind, { baseUrl: origin }, { key: KEY, of: 'key' })
  expect(result).toMatchObject({ ok: false, code: 'wrong_address', models: [] })
})

test.each(API_KINDS)('what %s names like the key, escaped, is not shown', async kind => {
  const escaped = [...KEY].map(one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const model = `{"id":"${escaped}","name":"models/${escaped}","object":"model","type":"model","created":1,"display_name":"x","created_at":"2026-01-01T00:00:00Z"}`
  const type = `text/${KEY}`
  const answers = [`{"data":[${model}],"models":[${model}],"object":"list"}`, 'no JSON']
  const { origin } = await startRawServer((_, response) => {
    response.setHeader('content-type', type)
    response.end(answers.shift())
  })
  for (const _ of [1, 2]) {
    const result = await trying(kind, { baseUrl: origin }, { key: KEY, of: 'key' })
    expect(JSON.stringify(result)).not.toContain('planted')
  }
})
