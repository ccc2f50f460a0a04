import { expect, test } from 'vitest'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { differenceWords, tableDifference } from './table-difference.ts'

const table: Endpoints = {
  bob: { kind: 'peer', host: '127.0.0.1', port: 10002 },
  GPT: {
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5',
    credential: 'openai',
    parameters: { temperature: 0.7, stop: ['END'] },
  },
}

test('difference of a table with itself is empty, whatever the order of names and fields', () => {
  const { bob, GPT } = table
  if (bob?.kind !== 'peer' || GPT === undefined) throw new Error('the sample table has both')
  expect(tableDifference(table, { GPT, bob: { port: bob.port, host: bob.host, kind: 'peer' } })).toEqual([])
})

test('difference tells added, removed and changed names apart, in the order of the names', () => {
  const changes = tableDifference(table, {
    alice: { kind: 'peer', host: '10.0.0.1', port: 1 },
    bob: { kind: 'peer', host: '127.0.0.1', port: 10009 },
  })
  expect(changes.map(({ name, how }) => `${how} ${name}`)).toEqual(['added alice', 'changed bob', 'removed GPT'])
  expect(changes[1]?.fields).toEqual([{ field: 'port', before: '10002', after: '10009' }])
  expect(changes[0]?.fields).toContainEqual({ field: 'host', after: '10.0.0.1' })
})

test('difference reaches into parameters and writes a list as one value', () => {
  const { GPT } = table
  if (GPT?.kind !== 'openai') throw new Error('the sample table has it')
  const [change] = tableDifference({ GPT }, { GPT: { ...GPT, parameters: { seed: 7, stop: ['END', 'STOP'] } } })
  expect(change?.fields).toEqual([
    { field: 'parameters.temperature', before: '0.7' },
    { field: 'parameters.stop', before: '["END"]', after: '["END","STOP"]' },
    { field: 'parameters.seed', after: '7' },
  ])
})

test('difference sees a name that only changed its case as one changed name', () => {
  const { bob } = table
  if (bob === undefined) throw new Error('the sample table has it')
  expect(tableDifference({ bob }, { Bob: bob })).toEqual([
    { name: 'Bob', how: 'changed', fields: [{ field: 'name', before: 'bob', after: 'Bob' }] },
  ])
})

test('difference in words counts each way of changing once', () => {
  expect(differenceWords(tableDifference(table, {}))).toBe('2 removed')
  expect(differenceWords([{ how: 'changed' }, { how: 'added' }, { how: 'changed' }])).toBe('1 added, 2 changed')
  expect(differenceWords([])).toBe('no changes')
})
