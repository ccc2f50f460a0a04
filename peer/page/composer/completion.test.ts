import { expect, test } from 'vitest'
import { completionsOf, isWhole } from './completion.ts'

const commands = ['help', 'personality', 'personality happy', 'reset'].map(command => ({ command, does: '' }))
const found = (text: string) => completionsOf(text, commands).map(({ command }) => command)

test('completionsOf offers all commands after a slash, and those that go on as it is written', () => {
  expect(found('/')).toHaveLength(4)
  expect(found('/P')).toEqual(['personality', 'personality happy'])
  expect(found('/personality h')).toEqual(['personality happy'])
})

test('completionsOf offers nothing without a slash at the beginning, or where no command goes on like that', () => {
  for (const text of ['', 'help', ' /', '/nonsense', '/help\n', 'what is /']) expect(found(text)).toEqual([])
})

test('isWhole tells a command that is written in full', () => {
  expect(isWhole('/Help ', { command: 'help', does: '' })).toBe(true)
  expect(isWhole('/personality', { command: 'personality happy', does: '' })).toBe(false)
})
