import { expect, test } from 'vitest'
import { parseLine } from './command.ts'

test.each([
  ['bob: hello', { kind: 'send', to: 'bob', text: 'hello' }],
  ['  BOB :hello: there', { kind: 'send', to: 'BOB', text: 'hello: there' }],
  ['bob:     indented by four  ', { kind: 'send', to: 'bob', text: '    indented by four  ' }],
  ['bob:\tby a tab', { kind: 'send', to: 'bob', text: '\tby a tab' }],
  ['GPT: see http://localhost:5001', { kind: 'send', to: 'GPT', text: 'see http://localhost:5001' }],
  ['exit: hello', { kind: 'send', to: 'exit', text: 'hello' }],
  ['exit', { kind: 'exit' }],
  ['!Exit', { kind: 'exit' }],
  ['quit ', { kind: 'exit' }],
  ['   ', { kind: 'nothing' }],
  ['!check', { kind: 'check' }],
  ['!PEERS', { kind: 'peers' }],
  ['!help', { kind: 'help' }],
  ['!history bob', { kind: 'history', peer: 'bob', count: 20 }],
  ['!history bob: 5', { kind: 'history', peer: 'bob', count: 5 }],
  ['!search two words', { kind: 'search', words: 'two words' }],
  ['!retry', { kind: 'retry', peer: undefined }],
  ['!retry GPT', { kind: 'retry', peer: 'GPT' }],
])('a line %j is understood', (line, command) => {
  expect(parseLine(line)).toEqual(command)
})

test.each([
  ['hello', /does not begin with a name and a colon.*Write NAME: text/],
  ['hello bob: hi', /does not begin with a name and a colon/],
  ['bob:    ', /Cannot send to bob: nothing stands after the colon/],
  ['bob:', /Cannot send to bob: nothing stands after the colon/],
  ['naïve: hello', /does not begin with a name/],
  ['!dance', /no such command.*!help/],
  ['!check now', /nothing follows !check/],
  ['!history', /write whose/],
  ['!history bob 0', /whole number from 1 to 1000/],
  ['!history bob 5 6', /write whose/],
  ['!search', /write what for/],
  ['!retry bob GPT', /write one name/],
])('a line %j is refused with what would help', (line, detail) => {
  expect(parseLine(line)).toEqual({ kind: 'wrong', detail: expect.stringMatching(detail) })
})
