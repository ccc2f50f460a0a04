import { expect, test } from 'vitest'
import type { TableVersion } from '../../../shared/protocol/control.ts'
import { versionChanges } from './version-changes.ts'

const entry = (version: number, port: number): TableVersion => ({
  version,
  time: '2026-05-01T12:00:00.000Z',
  author: 'dashboard',
  difference: { added: ['carol'], removed: [], changed: ['bob'] },
  endpoints: { bob: { kind: 'peer', host: 'h', port } },
})

test('a version is compared with the one before it', () => {
  expect(versionChanges(entry(3, 2), entry(2, 1))).toEqual([
    { name: 'bob', how: 'changed', fields: [{ field: 'port', before: '1', after: '2' }] },
  ])
})

test('the first version of all added everything', () => {
  expect(versionChanges(entry(1, 2), undefined).map(({ how, name }) => `${how} ${name}`)).toEqual(['added bob'])
})

test('a version whose predecessor is no longer kept names what it changed', () => {
  expect(versionChanges(entry(60, 2), undefined)).toEqual([
    { name: 'carol', how: 'added', fields: [] },
    { name: 'bob', how: 'changed', fields: [] },
  ])
})
