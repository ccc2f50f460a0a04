import { expect, test } from 'vitest'
import { type ApiRoute, credentialProblem, Endpoints } from './route.ts'
import { SavedEndpoints } from './route-address.ts'

const route = (baseUrl: string, credential?: string): ApiRoute => ({
  kind: 'openai',
  baseUrl,
  model: 'm',
  ...(credential !== undefined && { credential }),
})
const ORIGINS = ['https://api.openai.com']

test.each(['https://api.openai.com/v1', 'https://API.OPENAI.COM/v1', 'https://api.openai.com:443/v1'])(
  'credential may go to its own origin, spelled %s',
  baseUrl => {
    expect(credentialProblem(route(baseUrl, 'openai'), ORIGINS)).toBeUndefined()
  },
)

test.each([
  'http://api.openai.com/v1',
  'https://api.openai.com.evil.example/v1',
  'https://api.openai.com@evil.example/v1',
  'https://api.openai.com:8443/v1',
  'https://evil.example/?https://api.openai.com',
  'https://openai.com/v1',
  'https://api.openai.com./v1',
  'http://127.0.0.1/v1',
])('credential may not go to %s', baseUrl => {
  expect(credentialProblem(route(baseUrl, 'openai'), ORIGINS)).toContain('may only be sent to https://api.openai.com')
})

test('route without a credential may lead anywhere', () => {
  expect(credentialProblem(route('http://localhost:11434/v1'), ORIGINS)).toBeUndefined()
})

test('table has each name once, whatever its case', () => {
  const peer = { kind: 'peer', host: 'h', port: 1 }
  const problem = Endpoints.safeParse({ bob: peer, Bob: peer })
  expect(problem.error?.issues[0]).toMatchObject({
    path: ['Bob'],
    message: expect.stringContaining('same name as "bob"'),
  })
  expect(Endpoints.safeParse({ bob: peer, bot: peer }).success).toBe(true)
})

const NAMED = (fallback: string[]) => ({
  GPT: { ...route('https://api.openai.com/v1'), fallback },
  ANTHROPIC: { ...route('https://api.anthropic.com/v1'), kind: 'anthropic' },
  bob: { kind: 'peer', host: 'h', port: 1 },
})

test('fallbacks are other AI routes of the same table, in any case of letters', () => {
  expect(Endpoints.safeParse(NAMED(['anthropic'])).success).toBe(true)
})

test.each(['bob', 'gpt', 'GEMINI'])('fallback to %s is refused with the routes there are', name => {
  expect(Endpoints.safeParse(NAMED([name])).error?.issues[0]).toMatchObject({
    path: ['GPT', 'fallback'],
    message: `names "${name}", which is no other AI route of the table; there are ANTHROPIC`,
  })
})

test.each(['http://api.openai.com%40127.0.0.1/v1', 'http://[::1', 'http://a b/', '/v1', ''])(
  'an address that is none is refused before anybody asks where it leads: %s',
  baseUrl => {
    const { error } = SavedEndpoints.safeParse({ AI: { kind: 'openai', baseUrl, model: 'm' } })
    expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['AI.baseUrl', 'must be an http or https address'],
    ])
  },
)
