import { expect, test } from 'vitest'
import type { CredentialView } from '../../../shared/protocol/control.ts'
import type { Route } from '../../../shared/protocol/route.ts'
import { credentialList } from './credential-list.ts'

const set = (id: string): CredentialView => ({ id, provider: 'openai', last4: '3f9a', origins: [], set: true })
const route = (credential: string): Route => ({ kind: 'mistral', baseUrl: 'https://x.example', model: 'm', credential })
const ids = (...input: Parameters<typeof credentialList>) => credentialList(...input).map(({ id }) => id)

test('credential list begins with the four providers, set or not', () => {
  expect(ids([], [])).toEqual(['openai', 'anthropic', 'gemini', 'mistral'])
  expect(credentialList([set('openai')], []).map(({ credential }) => credential?.last4)).toEqual(['3f9a', ...Array(3)])
})

test('credential list adds others that are set, and those that a route names, once each', () => {
  const list = credentialList([set('own')], [route('own'), route('wanted'), route('wanted'), route('mistral')])
  expect(list.slice(4)).toEqual([
    { id: 'own', provider: 'openai', credential: set('own') },
    { id: 'wanted', provider: 'mistral', credential: undefined },
  ])
})
