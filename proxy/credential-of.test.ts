import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { ApiRoute } from '../shared/protocol/route.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { credentialOf } from './credential-of.ts'
import { migrations } from './migrations.ts'
import { Routing } from './routing.ts'

const said = (credential: string, heard: boolean) => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  if (heard) routing.setCredentials({})
  const route = ApiRoute.parse({ kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', credential })
  const found = credentialOf(routing, 'http://localhost:8000')('GPT', route)
  store.close()
  return found
}

test('a missing key is asked for where it can be given, and the environment is named only where it would help', () => {
  expect(said('openai', true)).toMatchObject({
    code: 'wrong_key',
    message:
      'GPT needs an API key. Add one to the credential "openai" in the dashboard (http://localhost:8000/#/credentials), or set OPENAI_API_KEY in .env and restart.',
  })
  expect(said('work', true)).toMatchObject({
    message:
      'GPT needs an API key. Add one to the credential "work" in the dashboard (http://localhost:8000/#/credentials).',
  })
})

test('a route that may not carry its key says where it points and what can be changed', () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const routing = new Routing(store)
  routing.setCredentials({ openai: { value: 'sk-0123456789-abcd', origins: ['https://api.openai.com'] } })
  const route = ApiRoute.parse({ kind: 'openai', baseUrl: 'https://x.example/v1', model: 'm', credential: 'openai' })
  expect(credentialOf(routing, 'http://localhost:8000')('GPT', route)).toEqual({
    code: 'not_allowed',
    message:
      'GPT cannot be asked: its route points at https://x.example, but credential "openai" may only be sent to https://api.openai.com. Change the route (http://localhost:8000/#/proxies), or where the key may be sent (http://localhost:8000/#/credentials).',
    retryable: false,
  })
  store.close()
})

test('a key that the controller has not told yet is not asked for', () => {
  expect(said('openai', false)).toMatchObject({ message: expect.stringContaining('not reachable') })
})
