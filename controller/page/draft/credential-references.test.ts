import { expect, test } from 'vitest'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { credentialReferences } from './credential-references.ts'

const table = (baseUrl: string, credential?: string): Endpoints => ({
  GPT: { kind: 'openai', baseUrl, model: 'm', ...(credential !== undefined && { credential }) },
  bob: { kind: 'peer', host: 'h', port: 1 },
})
const set = [{ id: 'openai', origins: ['https://api.openai.com'] }]

test('a credential that is set and may go there raises nothing', () => {
  expect(credentialReferences(table('https://api.openai.com/v1', 'openai'), set)).toEqual({ warnings: [], issues: [] })
})

test('a route without a credential raises nothing', () => {
  expect(credentialReferences(table('http://127.0.0.1:11434'), [])).toEqual({ warnings: [], issues: [] })
})

test('a credential that does not exist is a warning at its field', () => {
  const { warnings, issues } = credentialReferences(table('https://api.openai.com/v1', 'other'), set)
  expect(warnings).toMatchObject([{ name: 'GPT', field: 'credential' }])
  expect(issues).toEqual([])
})

test('a credential that may not be sent there is an issue at the address', () => {
  const { warnings, issues } = credentialReferences(table('https://evil.example', 'openai'), set)
  expect(warnings).toEqual([])
  expect(issues).toMatchObject([{ name: 'GPT', field: 'baseUrl' }])
  expect(issues[0]?.words).toContain('may only be sent to https://api.openai.com')
})

test('a provider credential is bound to its provider even before it is set', () => {
  expect(credentialReferences(table('https://evil.example', 'mistral'), []).issues).toHaveLength(1)
  expect(credentialReferences(table('https://api.mistral.ai/v1', 'mistral'), []).warnings).toHaveLength(1)
  expect(credentialReferences(table('https://evil.example', 'own'), []).warnings).toHaveLength(1)
})
