import { expect, test } from 'vitest'
import { keyChange } from './key-change.ts'

const typed = { provider: 'openai' as const, value: 'sk-abcdefgh', origins: '' }
const known = { origins: ['https://api.openai.com'] }

test('a new key without origins leaves them to the controller', () => {
  expect(keyChange(typed, undefined)).toEqual({ change: { provider: 'openai', value: 'sk-abcdefgh' } })
})

test('origins are sent only when they changed, one a line, as origins', () => {
  expect(keyChange({ ...typed, origins: 'https://api.openai.com' }, known)).toEqual({
    change: { provider: 'openai', value: 'sk-abcdefgh' },
  })
  expect(keyChange({ ...typed, origins: 'https://api.openai.com\nhttps://proxy.example/v1' }, known)).toMatchObject({
    change: { origins: ['https://api.openai.com', 'https://proxy.example'] },
  })
})

test('an empty key is asked for, unless only the origins of a set key change', () => {
  expect(keyChange({ ...typed, value: '  ' }, undefined)).toMatchObject({ issue: { field: 'value' } })
  expect(keyChange({ ...typed, value: '', origins: 'https://api.openai.com' }, known)).toMatchObject({
    issue: { field: 'value' },
  })
  expect(keyChange({ ...typed, value: '', origins: 'https://other.example' }, known)).toEqual({
    change: { provider: 'openai', origins: ['https://other.example'] },
  })
})

test('a key with spaces and an origin that is none are refused at their fields, without repeating the key', () => {
  const refused = keyChange({ ...typed, value: 'sk-abc defgh' }, undefined)
  expect(refused).toMatchObject({ issue: { field: 'value' } })
  expect(JSON.stringify(refused)).not.toContain('sk-abc')
  expect(keyChange({ ...typed, origins: 'nonsense' }, undefined)).toMatchObject({ issue: { field: 'origins' } })
})
