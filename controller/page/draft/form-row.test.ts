import { expect, test } from 'vitest'
import { Route } from '../../../shared/protocol/route.ts'
import { toRoute, toRow } from './form-row.ts'

const roundTrip = (route: Parameters<typeof toRow>[2]) => toRoute(toRow(1, 'any', route))

const full = {
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  model: 'gpt-5',
  credential: 'openai',
  parameters: { temperature: 0.7, topP: 1, maxTokens: 1024, seed: 0, stop: ['\n\n', 'a\\n', 'END'] },
  timeoutMs: 30_000,
  fallback: ['MISTRAL', 'GEMINI'],
  limits: { parallel: 4 },
  demo: true,
}

test('form row returns every field of a route unchanged', () => {
  expect(roundTrip(full)).toEqual(full)
  expect(roundTrip({ kind: 'peer', host: 'h', port: 5 })).toEqual({ kind: 'peer', host: 'h', port: 5 })
})

test('form row leaves out optional fields that are empty', () => {
  const minimal = { kind: 'gemini', baseUrl: 'https://x.example', model: 'm' }
  expect(roundTrip(minimal)).toEqual(minimal)
  const cleared = toRow(1, 'any', full)
  const emptied = { ...cleared, fields: { ...cleared.fields, credential: ' ', demo: '', 'parameters.stop': '' } }
  expect(toRoute(emptied)).not.toHaveProperty('credential')
  expect(toRoute(emptied)).not.toHaveProperty('demo')
  expect(toRoute(emptied)['parameters']).not.toHaveProperty('stop')
})

test('form row reads names without the spaces and empty lines around them', () => {
  const row = toRow(1, 'any', full)
  const typed = toRoute({ ...row, fields: { ...row.fields, fallback: ' MISTRAL \n\nGEMINI' } })
  expect(typed['fallback']).toEqual(['MISTRAL', 'GEMINI'])
})

test('form row carries what it does not know, so that the schema can refuse it', () => {
  const odd = {
    kind: 'openai',
    baseUrl: 'https://x.example',
    model: 'm',
    colour: 'red',
    parameters: { topK: 4, seed: 1 },
  }
  expect(roundTrip(odd)).toEqual(odd)
  expect(Route.safeParse(roundTrip(odd)).success).toBe(false)
})

test('form row keeps text that is no number as text, and reads half-typed numbers', () => {
  const row = toRow(1, 'any', { kind: 'peer', host: 'h', port: 5 })
  const withPort = (port: string) => toRoute({ ...row, fields: { ...row.fields, port } })['port']
  expect(withPort('10.')).toBe(10)
  expect(withPort('ten')).toBe('ten')
  expect(withPort('')).toBe('')
})

test('form row shows only the fields of its kind: a changed kind does not send the old fields', () => {
  const row = { ...toRow(1, 'any', { kind: 'peer', host: 'h', port: 5 }), kind: 'mistral' }
  expect(toRoute(row)).toEqual({ kind: 'mistral', baseUrl: '', model: '' })
})
