import { expect, test } from 'vitest'
import type { ApiRoute } from '../shared/protocol/route.ts'
import type { State, Table } from './document.ts'
import { withPrivateNetworks } from './private-networks.ts'

const route = (baseUrl: string): ApiRoute => ({ kind: 'openai', baseUrl, model: 'm' })
const LOCAL = route('http://127.0.0.1:11434/v1')
const FAR = route('https://api.example.com/v1')

const version = (number: number): Table['history'][0] => ({
  version: number,
  time: '2026-01-02T03:04:05.000Z',
  author: 'dashboard',
  difference: { added: [], removed: [], changed: [] },
  endpoints: { LOCAL, FAR, bob: { kind: 'peer', host: '127.0.0.1', port: 1 } },
})
const table: Table = { name: 'alice', history: [version(2), version(1)] }
const OLD: State = { schema: 1, proxies: {}, tables: { alice: table }, removed: { bob: table }, credentials: {} }

test('a document from before counts every route as meant, in every version that can be restored, and keeps their numbers', () => {
  const state = withPrivateNetworks(OLD)
  const all = [...(state.tables['alice']?.history ?? []), ...(state.removed?.['bob']?.history ?? [])]
  expect(all.map(({ version }) => version)).toEqual([2, 1, 2, 1])
  for (const { endpoints } of all)
    expect(endpoints).toEqual({ ...version(1).endpoints, LOCAL: { ...LOCAL, privateNetwork: true } })
})

test('a document is marked once: what is stored after that is as it was saved', () => {
  const state = withPrivateNetworks(OLD)
  expect(withPrivateNetworks(state)).toBe(state)
  const later = { ...OLD, privateNetworks: true as const }
  expect(withPrivateNetworks(later)).toBe(later)
})
