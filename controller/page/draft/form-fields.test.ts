import { expect, test } from 'vitest'
import { API_KINDS, Route } from '../../../shared/protocol/route.ts'
import { fieldsOf } from './form-fields.ts'
import { toRoute, toRow } from './form-row.ts'

test('form fields ask for a dialect only where the schema knows one', () => {
  const kinds = API_KINDS.filter(kind => fieldsOf(kind).some(({ path }) => path === 'dialect'))
  expect(kinds).toEqual(['openai'])
})

test('form fields take a dialect, leave out an empty one, and leave an unknown one to the schema', () => {
  const route = { kind: 'openai', baseUrl: 'http://127.0.0.1:11434/v1', model: 'llama3', dialect: 'compatible' }
  const row = toRow(1, 'LOCAL', route)
  const typed = (dialect: string) => toRoute({ ...row, fields: { ...row.fields, dialect } })
  expect(toRoute(row)).toEqual(route)
  expect(typed('')).not.toHaveProperty('dialect')
  expect(Route.safeParse(typed('compatible')).success).toBe(true)
  expect(Route.safeParse(typed('klingon')).success).toBe(false)
  expect(toRoute({ ...row, kind: 'mistral' })).not.toHaveProperty('dialect')
})
