/** What holds of the keys of all four providers: they travel in one header, never in an address or a body. */
import { expect, test } from 'vitest'
import { loadProvider } from '../../proxy/providers/registry.ts'
import { Secret } from '../../shared/process/secret.ts'
import { API_KINDS, ApiRoute } from '../../shared/protocol/route.ts'

const KEY = 'sk-planted-0123456789-abcdef'

test.each(API_KINDS)('a key for %s is in one header of its request, and nowhere else', async kind => {
  const route = ApiRoute.parse({ kind, baseUrl: 'https://api.example.com/v1', model: 'm', credential: kind })
  const { toRequest } = await loadProvider(kind)
  const question = { system: 'Be kind.', turns: [{ role: 'user' as const, text: 'why?' }] }
  const { url, headers, body } = toRequest(route, question, new Secret(KEY))
  expect(Object.values(headers).filter(value => value.includes(KEY))).toHaveLength(1)
  expect(JSON.stringify([url, body])).not.toContain('planted')
  const without = toRequest(route, question, undefined)
  expect(JSON.stringify(without)).not.toMatch(/Bearer|api-key/i)
})
