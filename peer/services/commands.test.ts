import { expect, test } from 'vitest'
import { commandsOf, helpText, understand, usagesOf } from './commands.ts'
import { defineService } from './define-service.ts'

const dice = defineService({
  name: 'dice',
  about: 'Rolls dice.',
  commands: {
    roll: { help: 'rolls one', argument: 'SIDES', run: ({ argument }) => `A ${argument}.` },
    flip: { help: 'flips a coin', run: () => 'Heads.' },
  },
  publish: { everySeconds: 60, make: () => 'A 6.' },
})
const commands = commandsOf(dice)

test('a service that publishes can be subscribed to without saying how', () => {
  expect(usagesOf(commands)).toEqual(['subscribe', 'unsubscribe', 'roll SIDES', 'flip', 'help'])
  expect(usagesOf(commandsOf({ name: 'dice', about: 'Rolls dice.', commands: dice.commands }))).toEqual([
    'roll SIDES',
    'flip',
    'help',
  ])
})

test('a command of the definition takes the place of the usual one', () => {
  const own = { help: 'in words of its own', run: () => 'You are in.' }
  expect(commandsOf({ ...dice, commands: { subscribe: own } })['subscribe']).toBe(own)
})

test.each([
  ['flip', 'flip', ''],
  [' /FLIP ', 'flip', ''],
  ['roll 6', 'roll', '6'],
  ['/Roll  Two Dice\nplease ', 'roll', 'Two Dice\nplease'],
])('%j is understood as %s', (text, name, argument) => {
  expect(understand(text, commands)).toMatchObject({ kind: 'command', name, argument })
})

test.each(['help', '/Help '])('%j asks for help', text => {
  expect(understand(text, commands)).toEqual({ kind: 'help' })
})

test.each([
  ['jump', 'I do not know "jump".'],
  ['constructor', 'I do not know "constructor".'],
  ['/', 'I do not know "/".'],
  ['😀'.repeat(41), `I do not know "${'😀'.repeat(40)}…".`],
  [`jump ${'high '.repeat(30)}`, `I do not know "jump ${'high '.repeat(7)}…".`],
  ['roll', '`roll` needs something behind it: `roll SIDES`.'],
  ['flip twice', '`flip` takes nothing behind it.'],
])('%j is answered with what would be understood', (text, reason) => {
  expect(understand(text, commands)).toEqual({ kind: 'unknown', reason })
})

test('help says what it is, and lists each command as it is written', () => {
  expect(helpText(dice, commands)).toBe(`**dice**: Rolls dice.

- \`subscribe\` sends you what it publishes, every 60 seconds
- \`unsubscribe\` ends that
- \`roll SIDES\` rolls one
- \`flip\` flips a coin
- \`help\` lists the commands`)
})
