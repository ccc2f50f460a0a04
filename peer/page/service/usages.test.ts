import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { beginningOf, usagesIn } from './usages.ts'

const said = (sender: string, commands?: string[]): MessageRecord => ({
  ...{ id: '019a0000-0000-7000-8000-000000000001', sender, destination: 'alice', conversation: 'meter' },
  ...{ message: '', type: 'notification', state: 'received', timestamp: '2026-01-02T03:04:05.000Z' },
  metadata: commands === undefined ? {} : { commands },
})

test('a service that said nothing yet can be asked for help', () => {
  expect(usagesIn([])).toEqual(['help'])
  expect(usagesIn([said('meter'), said('meter', [])])).toEqual(['help'])
})

test('the newest message of the service that names commands counts, and nobody else’s', () => {
  const records = [
    said('meter', ['old']),
    said('meter', ['roll SIDES', 'help', 'help', ' ']),
    said('meter'),
    said('alice', ['fake']),
  ]
  expect(usagesIn(records)).toEqual(['roll SIDES', 'help'])
})

test('usages with characters that cannot be seen are what is left of them, each once', () => {
  const commands = ['reset\nall', 'reset', '\u200b', 'reset\u202e', '  roll\t\0SIDES ']
  expect(usagesIn([said('meter', commands)])).toEqual(['reset all', 'reset', 'roll SIDES'])
})

test('a usage of several words is begun, one of a single word is whole', () => {
  expect(beginningOf('roll SIDES')).toBe('roll ')
  expect(beginningOf('help')).toBeUndefined()
})
