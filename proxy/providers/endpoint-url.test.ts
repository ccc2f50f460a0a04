import { expect, test } from 'vitest'
import { Secret } from '../../shared/process/secret.ts'
import { API_KINDS, ApiRoute } from '../../shared/protocol/route.ts'
import { endpointUrl } from './endpoint-url.ts'
import { loadProvider } from './registry.ts'

test.each([
  ['https://api.example.com/v1', '/models', 'https://api.example.com/v1/models'],
  ['https://api.example.com/v1//', '/models', 'https://api.example.com/v1/models'],
  ['https://api.example.com', '/models?after=a%2Fb', 'https://api.example.com/models?after=a%2Fb'],
  [
    'https://x.openai.azure.com/openai/deployments/my%20one/?api-version=2024-10-21',
    '/chat/completions',
    'https://x.openai.azure.com/openai/deployments/my%20one/chat/completions?api-version=2024-10-21',
  ],
  ['https://api.example.com/v1?a=b/c', '/models?alt=sse', 'https://api.example.com/v1/models?a=b/c&alt=sse'],
  ['https://joe:secret@api.example.com/v1', '/models', 'https://api.example.com/v1/models'],
  ['https://api.example.com/v1#part', '/models', 'https://api.example.com/v1/models'],
])('the call at %s to %s goes to %s', (baseUrl, call, url) => {
  expect(endpointUrl(baseUrl, call)).toBe(url)
})

test.each(API_KINDS)('a query of the base URL stands behind the path of a call of %s', async kind => {
  const route = ApiRoute.parse({ kind, baseUrl: 'https://api.example.com/v1?api-version=7', model: 'm' })
  const { toRequest } = await loadProvider(kind)
  const url = new URL(toRequest(route, { turns: [{ role: 'user', text: '?' }] }, new Secret('k'.repeat(20))).url)
  expect(url.pathname).toMatch(/^\/v1\/\w+/)
  expect(url.searchParams.get('api-version')).toBe('7')
})
