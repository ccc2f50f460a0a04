import { expect, test } from 'vitest'
import { keyChange, typedKey } from './key-change.ts'

const typed = { provider: 'openai' as const, value: 'sk-abcdefgh', origins: '', confirmed: false }
const known = { origins: ['https://api.openai.com'] }
const planted = { origins: ['https://api.openai.com', 'https://evil.example'] }

test('a new key without origins leaves them to the controller', () => {
  expect(keyChange(typed, undefined)).toEqual({ change: { provider: 'openai', value: 'sk-abcdefgh' } })
})

test('a new key is sent with the origins that the form shows, one a line, as origins', () => {
  expect(keyChange({ ...typed, origins: 'https://api.openai.com' }, known)).toEqual({
    change: { provider: 'openai', value: 'sk-abcdefgh', origins: ['https://api.openai.com'] },
  })
  const origins = 'https://API.openai.com:443\nhttps://proxy.example./v1'
  expect(keyChange({ ...typed, origins, confirmed: true }, known)).toMatchObject({
    change: { origins: ['https://api.openai.com', 'https://proxy.example'] },
  })
})

test('a new key goes to an address that is not the provider’s own only when that is confirmed with it', () => {
  const origins = planted.origins.join('\n')
  for (const change of [keyChange, typedKey]) {
    expect(change({ ...typed, origins }, planted)).toMatchObject({
      issue: { field: 'origins', words: expect.stringContaining('https://evil.example') },
    })
    expect(change({ ...typed, origins: 'HTTPS://evil.example:443' }, undefined)).toHaveProperty('issue')
    expect(change({ ...typed, origins, confirmed: true }, planted)).toMatchObject({ change: planted })
  }
  expect(typedKey({ ...typed, value: '', origins }, planted)).toEqual({ change: { provider: 'openai' } })
})

test('an origin with a user name is refused with its line', () => {
  for (const line of ['https://api.openai.com@evil.example', 'https://@evil.example'])
    expect(keyChange({ ...typed, origins: line, confirmed: true }, known)).toMatchObject({
      issue: { field: 'origins', words: expect.stringContaining('no user name') },
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
