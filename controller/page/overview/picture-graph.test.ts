import { expect, test } from 'vitest'
import type { CredentialView } from '../../../shared/protocol/control.ts'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { proxyView } from '../proxy-view-sample.ts'
import { overlayGraph, problemSentences } from './picture-graph.ts'

const alice = proxyView({ name: 'alice', port: 10001 })
const bob = proxyView({ name: 'bob', port: 10002 })
const peer = (port: number) => ({ kind: 'peer' as const, host: '127.0.0.1', port })
const gpt = {
  kind: 'openai' as const,
  baseUrl: 'https://api.openai.com/v1',
  model: 'm',
  credential: 'openai',
}
const openai: CredentialView = {
  id: 'openai',
  provider: 'openai',
  last4: '3f9a',
  origins: ['https://api.openai.com'],
  set: true,
}
const graph = (tables: Record<string, Endpoints>, proxies = [alice, bob], credentials = [openai]) =>
  overlayGraph({ proxies, credentials, tableOf: name => tables[name] })
const problems = (...input: Parameters<typeof graph>) => problemSentences(graph(...input).edges)

test('graph draws one edge for two proxies that route to each other, and one node for an API that both use', () => {
  const { nodes, edges } = graph({ alice: { bob: peer(10002), GPT: gpt }, bob: { Alice: peer(10001), chat: gpt } })
  expect(edges.filter(({ kind }) => kind === 'peer')).toHaveLength(1)
  expect(edges.filter(({ kind }) => kind === 'api')).toHaveLength(2)
  expect(nodes.map(({ label }) => label)).toEqual(['controller', 'alice', 'bob', 'GPT'])
})

test('graph of a healthy overlay has no problems', () => {
  expect(problems({ alice: { bob: peer(10002), GPT: gpt }, bob: { alice: peer(10001) } })).toEqual([])
})

test('graph marks a route to a name that no proxy has, and shows that name', () => {
  const tables = { alice: { carol: peer(1) } }
  expect(graph(tables).nodes).toContainEqual({ key: 'proxy carol', kind: 'unknown', label: 'carol' })
  expect(problems(tables)).toEqual(['alice → carol: no proxy of that name is known'])
})

test('graph marks a wrong address, a stale target and a missing credential', () => {
  expect(problems({ alice: { bob: peer(9) } })[0]).toContain('alice → bob: looked for at 127.0.0.1:9')
  expect(problems({ alice: { bob: peer(10002) } }, [alice, { ...bob, status: 'stale' }])[0]).toContain(
    'bob was not heard',
  )
  expect(problems({ alice: { GPT: gpt } }, [alice], [])[0]).toContain('no credential "openai" is set')
})

test('graph trusts a host name: it may stand for the address of the proxy', () => {
  expect(problems({ alice: { bob: { ...peer(10002), host: 'localhost' } } })).toEqual([])
  expect(problems({ alice: { bob: { ...peer(10002), host: '10.0.0.9' } } })).toHaveLength(1)
})

test('graph marks the line to the controller of a proxy that is not connected', () => {
  expect(problems({}, [{ ...bob, connected: false }])).toEqual(['bob has no connection to the controller'])
})

test('a problem that several proxies have is told once, with all of their names', () => {
  const tables = { alice: { GPT: gpt }, bob: { GPT: gpt } }
  expect(problems(tables, [alice, bob], [])).toEqual([
    'alice, bob → GPT: no credential "openai" is set; calls fail until it is',
  ])
})
