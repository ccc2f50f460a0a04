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

test('a key that the controller has not told yet is not asked for', () => {
  expect(said('openai', false)).toMatchObject({ message: expect.stringContaining('not reachable') })
})
