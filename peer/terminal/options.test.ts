import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

test('client takes the flags with which its overlay was started', () => {
  expect(readOptions(['alice', '--demo', '--port-base', '6000'], '/root')).toMatchObject({
    name: 'alice',
    data: '/root/data/demo',
    portBase: 6000,
  })
  expect(readOptions(['alice', '--data', '/d', '--demo'], '/root')).toMatchObject({ data: '/d' })
})

test.each([
  [['alice', '--dmeo'], 'there is no option --dmeo. Did you mean --demo?'],
  [['alice', '--port'], 'there is no option --port. Did you mean --port-base?'],
  [['alice', '--only', 'bob'], '--only is for the start of an overlay, not for talking in one.'],
  [['alice', '--data'], '--data needs a value after it.'],
  [['alice', '--demo=yes'], '--demo takes no value.'],
])('client refuses %j in words', (args, words) => {
  expect(() => readOptions(args, '/root')).toThrow(`Cannot read the command line: ${words}`)
})
