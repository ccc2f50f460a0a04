import { expect, test } from 'vitest'
import { PROVIDER_ORIGINS } from '../shared/protocol/route.ts'
import {
  checkCredentials,
  credentialsFor,
  credentialViews,
  seedCredentials,
  seedDemoCredentials,
  withCredential,
  withoutCredential,
} from './credentials.ts'
import type { State } from './document.ts'
import { MOST_CREDENTIALS } from './document-bounds.ts'

const EMPTY: State = { schema: 1, proxies: {}, tables: {}, credentials: {} }
const KEY = 'sk-0123456789-abcd'
const route = (credential: string | undefined, baseUrl = 'https://api.openai.com/v1') =>
  ({ kind: 'openai', baseUrl, model: 'm', ...(credential !== undefined && { credential }) }) as const

test('credential is shown by its last four characters and never whole', () => {
  const state = withCredential(EMPTY, 'openai', { provider: 'openai', value: KEY })
  expect(credentialViews(state)).toEqual([
    { id: 'openai', provider: 'openai', last4: 'abcd', origins: ['https://api.openai.com'], set: true },
  ])
  const short = withCredential(EMPTY, 'mine', { provider: 'openai', value: 'short-key' })
  expect(credentialViews(short)[0]?.last4).toBe('')
})

test("credential is bound to its provider's own origins when nobody said otherwise", () => {
  const state = withCredential(EMPTY, 'mine', { provider: 'mistral', value: KEY })
  expect(state.credentials['mine']).toEqual({
    provider: 'mistral',
    value: KEY,
    origins: [...PROVIDER_ORIGINS.mistral],
    source: 'dashboard',
  })
})

test('credential keeps what a change leaves out', () => {
  const first = withCredential(EMPTY, 'mine', {
    provider: 'openai',
    value: KEY,
    origins: ['https://a.example', 'https://b.example'],
  })
  const narrowed = withCredential(first, 'mine', { provider: 'openai', origins: ['https://b.example'] })
  expect(narrowed.credentials['mine']).toMatchObject({ value: KEY, origins: ['https://b.example'] })
  expect(first.credentials['mine']).toMatchObject({ value: KEY })
})

test('a new value does not keep origins that nobody confirmed with it, and says which they are', () => {
  const own = [...PROVIDER_ORIGINS.openai]
  const planted = withCredential(EMPTY, 'openai', {
    provider: 'openai',
    value: 'placeholder-0',
    origins: [...own, 'https://evil.example'],
  })
  const change = { provider: 'openai' as const, value: KEY }
  expect(() => withCredential(planted, 'openai', change)).toThrow(
    /origins is missing; this credential may also be sent to https:\/\/evil\.example/,
  )
  for (const origins of [own, ['https://mine.example']])
    expect(withCredential(planted, 'openai', { ...change, origins }).credentials['openai']).toMatchObject({
      value: KEY,
      origins,
    })
  const usual = withCredential(EMPTY, 'openai', change)
  expect(withCredential(usual, 'openai', { ...change, value: 'sk-another-0123' }).credentials['openai']).toMatchObject({
    value: 'sk-another-0123',
    origins: own,
  })
  const other = withCredential(planted, 'openai', { provider: 'mistral', value: KEY })
  expect(other.credentials['openai']?.origins).toEqual([...PROVIDER_ORIGINS.mistral])
})

test('a key of the environment goes to the provider’s own origins, whatever stood beside the one before', () => {
  const planted: State = {
    ...EMPTY,
    credentials: {
      openai: { provider: 'openai', value: 'old-0123', origins: ['https://evil.example'], source: 'environment' },
    },
  }
  const { credentials } = seedCredentials(planted, { OPENAI_API_KEY: KEY })
  expect(credentials['openai']).toMatchObject({ value: KEY, origins: [...PROVIDER_ORIGINS.openai] })
})

test.each([
  ['a new credential', EMPTY, { provider: 'openai' as const }],
  [
    'another provider',
    withCredential(EMPTY, 'mine', { provider: 'openai', value: KEY }),
    { provider: 'mistral' as const },
  ],
  [
    'more origins',
    withCredential(EMPTY, 'mine', { provider: 'openai', value: KEY }),
    { provider: 'openai' as const, origins: ['https://evil.example'] },
  ],
])('credential without a value is refused for %s', (_, state, change) => {
  expect(() => withCredential(state, 'mine', change)).toThrow(/value is missing/)
})

test('credentials are so many at most; one that is set is replaced as before', () => {
  let state = EMPTY
  const change = { provider: 'openai' as const, value: KEY }
  for (let n = 0; n < MOST_CREDENTIALS; n += 1) state = withCredential(state, `key-${n}`, change)
  expect(() => withCredential(state, 'one-more', change)).toThrow(/there are 100 credentials, which is the most/)
  expect(withCredential(state, 'key-7', { ...change, value: 'sk-another-0123' }).credentials['key-7']?.value).toBe(
    'sk-another-0123',
  )
})

test('credentials of the environment fill what nobody set on the dashboard', () => {
  const seeded = seedCredentials(EMPTY, { OPENAI_API_KEY: ` ${KEY}\n`, GEMINI_API_KEY: '  ' })
  expect(seeded.credentials).toEqual({
    openai: { provider: 'openai', value: KEY, origins: ['https://api.openai.com'], source: 'environment' },
  })
  const typed = withCredential(seeded, 'openai', { provider: 'openai', value: 'sk-typed-01234567' })
  expect(seedCredentials(typed, { OPENAI_API_KEY: 'sk-from-environment' }).credentials['openai']?.value).toBe(
    'sk-typed-01234567',
  )
  expect(seedCredentials(seeded, { OPENAI_API_KEY: 'sk-rotated-012345' }).credentials['openai']?.value).toBe(
    'sk-rotated-012345',
  )
  expect(seedCredentials(seeded, {}).credentials['openai']?.value).toBe(KEY)
})

test('credentials of a demonstration go to the demonstration provider and nowhere else', () => {
  const { credentials } = seedDemoCredentials(seedCredentials(EMPTY, { OPENAI_API_KEY: KEY }), 'http://127.0.0.1:9000')
  expect(Object.keys(credentials).sort()).toEqual(['anthropic', 'gemini', 'mistral', 'openai'])
  for (const { origins, value } of Object.values(credentials))
    expect([origins, value.startsWith('demo-key')]).toEqual([['http://127.0.0.1:9000'], true])
})

test('credentials go only to the proxy whose routes name them', () => {
  const state = seedCredentials(EMPTY, { OPENAI_API_KEY: KEY, MISTRAL_API_KEY: 'mistral-0123456789' })
  expect(credentialsFor(state, { GPT: route('openai'), bob: { kind: 'peer', host: '127.0.0.1', port: 1 } })).toEqual({
    openai: { value: KEY, origins: ['https://api.openai.com'] },
  })
  expect(credentialsFor(state, { GPT: route(undefined), X: route('not-set') })).toEqual({})
  expect(withoutCredential(state, 'openai').credentials).not.toHaveProperty('openai')
})

test('table whose new route would carry a credential elsewhere is refused, with the field and the reason', () => {
  const state = seedCredentials(EMPTY, { OPENAI_API_KEY: KEY })
  const endpoints = { GPT: route('openai', 'https://evil.example/v1') }
  expect(() => checkCredentials(state, { before: {}, endpoints })).toThrow(
    /endpoints\.GPT\.baseUrl points at https:\/\/evil\.example/,
  )
  expect(() => checkCredentials(EMPTY, { before: {}, endpoints })).toThrow(
    /may only be sent to https:\/\/api\.openai\.com/,
  )
  expect(() => checkCredentials(state, { before: endpoints, endpoints })).not.toThrow()
  expect(() =>
    checkCredentials(state, {
      before: {},
      endpoints: { GPT: route('openai'), OWN: route(undefined, 'http://localhost:1/v1') },
    }),
  ).not.toThrow()
})

test('credentials for a route that names one which is not set have no more than what is set', () => {
  expect(credentialsFor(EMPTY, { GPT: route('constructor') })).toEqual({})
  expect(() => withCredential(EMPTY, 'constructor', { provider: 'openai' })).toThrow(/needs its value/)
})
