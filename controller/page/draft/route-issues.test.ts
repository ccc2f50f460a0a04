import { expect, test } from 'vitest'
import { checkTable, type Issue, issueLine, refusalIssue } from './route-issues.ts'

const issuesOf = (candidate: unknown): readonly Issue[] => {
  const check = checkTable(candidate)
  return 'issues' in check ? check.issues : []
}
const bob = { kind: 'peer', host: 'h', port: 1 }
const gpt = { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm' }

test('a valid table is handed back', () => {
  expect(checkTable({ bob, gpt })).toEqual({ endpoints: { bob, gpt } })
})

test('a bad name hides nothing that is wrong with its route', () => {
  expect(issuesOf({ 'b b': { ...bob, host: '', port: 70_000 }, gpt })).toEqual([
    { name: 'b b', field: 'name', words: 'must be 1 to 32 letters, digits, "_" or "-"' },
    { name: 'b b', field: 'host', words: 'is required' },
    { name: 'b b', field: 'port', words: 'must be at most 65535' },
  ])
})

test.each<[string, unknown, Issue]>([
  ['a missing field', { bob: { kind: 'peer', host: 'h' } }, { name: 'bob', field: 'port', words: 'is required' }],
  ['an empty field', { bob: { ...bob, host: '' } }, { name: 'bob', field: 'host', words: 'is required' }],
  ['text for a number', { bob: { ...bob, port: 'x' } }, { name: 'bob', field: 'port', words: 'must be a number' }],
  [
    'a bad address',
    { gpt: { ...gpt, baseUrl: 'ftp://x' } },
    { name: 'gpt', field: 'baseUrl', words: 'must be an http or https address' },
  ],
  [
    'an unknown kind',
    { bob: { kind: 'pigeon' } },
    { name: 'bob', field: 'kind', words: 'must be one of peer, openai, anthropic, gemini, mistral' },
  ],
  ['a bad name', { 'b b': bob }, { name: 'b b', field: 'name', words: 'must be 1 to 32 letters, digits, "_" or "-"' }],
  ['an empty name', { '': bob }, { name: '', field: 'name', words: 'is required' }],
  [
    'names that differ only in case',
    { bob, BOB: bob },
    { name: 'BOB', field: 'name', words: 'is the same name as "bob"; names match without regard to case' },
  ],
  [
    'a number that is too big',
    { bob: { ...bob, port: 70_000 } },
    { name: 'bob', field: 'port', words: 'must be at most 65535' },
  ],
  ['half a port', { bob: { ...bob, port: 1.5 } }, { name: 'bob', field: 'port', words: 'must be a whole number' }],
  [
    'a field nobody knows',
    { bob: { ...bob, colour: 1 } },
    { name: 'bob', field: '', words: 'has what no route of this kind has: colour' },
  ],
  [
    'too many stop texts',
    { gpt: { ...gpt, parameters: { stop: ['1', '2', '3', '4', '5'] } } },
    { name: 'gpt', field: 'parameters.stop', words: 'must have at most 4 entries' },
  ],
  [
    'a word that is none of those allowed',
    { gpt: { ...gpt, dialect: 'ollama' } },
    { name: 'gpt', field: 'dialect', words: 'must be "compatible"' },
  ],
  ['a route that is no object', { bob: 5 }, { name: 'bob', field: '', words: 'must be an object' }],
  ['a table that is no object', [], { field: '', words: 'The table must be an object: name → route.' }],
])('%s is found at its name and field', (_, candidate, issue) => {
  expect(issuesOf(candidate)).toContainEqual(issue)
})

test('a parameter out of range is found below parameters', () => {
  const [issue] = issuesOf({ gpt: { ...gpt, parameters: { temperature: 3 } } })
  expect(issue).toMatchObject({ name: 'gpt', field: 'parameters.temperature' })
})

test('every issue is reported, not only the first', () => {
  expect(issuesOf({ bob: { kind: 'peer' }, 'x y': bob }).map(({ field }) => field)).toEqual(['host', 'port', 'name'])
})

test('a refusal of the controller is laid at its name and field, and one without a field at the table', () => {
  const field = 'endpoints.bob.parameters.seed'
  expect(refusalIssue({ field, message: `Cannot save the table: ${field} is odd` })).toEqual({
    name: 'bob',
    field: 'parameters.seed',
    words: 'is odd',
  })
  expect(refusalIssue({ field, message: 'no' })).toMatchObject({ name: 'bob', words: 'no' })
  expect(refusalIssue({ message: 'no' })).toEqual({ field: '', words: 'no' })
})

test('an issue in one line names its place', () => {
  expect(issueLine({ name: 'bob', field: 'port', words: 'is required' })).toBe('bob · port: is required')
  expect(issueLine({ name: 'b b', field: 'name', words: 'is odd' })).toBe('b b: is odd')
})
