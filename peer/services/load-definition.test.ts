import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { checkDefinition, loadDefinition } from './load-definition.ts'

const run = () => 'done'
const whole = { name: 'dice', about: 'Rolls dice.', commands: { roll: { help: 'rolls one', run } } }
const check = (value: unknown) => () => checkDefinition(value, { name: 'dice1', file: '/there/dice.ts' })
const many = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`c${index}`, { help: 'one', run }]))

test('a definition that is whole is taken as it is', () => {
  expect(check(whole)()).toEqual(whole)
})

test.each([
  ['no default export', undefined, 'has no default export. Write "export default defineService('],
  ['a function', run, 'it must be an object'],
  ['no commands', { name: 'dice', about: 'Rolls dice.' }, 'commands is missing'],
  [
    'a command that does nothing',
    { ...whole, commands: { roll: { help: 'x' } } },
    'commands.roll.run must be a function',
  ],
  ['a name with a space', { ...whole, commands: { 'roll it': { help: 'x', run } } }, 'must be a word of small letters'],
  ['help', { ...whole, commands: { help: { help: 'x', run } } }, 'commands.help is answered by the service itself'],
  [
    'an argument in small letters',
    { ...whole, commands: { roll: { help: 'x', argument: 'sides', run } } },
    'must be a word in capitals such as SIDES',
  ],
  ['more commands than fit', { ...whole, commands: many }, 'commands must be at most 40'],
  ['a field of no meaning', { ...whole, subscribe: true }, 'it must not have the field "subscribe"'],
  ['no period', { ...whole, publish: { make: run } }, 'publish.everySeconds'],
])('%s is refused with file, place and what is allowed', (_, value, words) => {
  expect(check(value)).toThrow('/there/dice.ts')
  expect(check(value)).toThrow(words)
  expect(check(value)).toThrow('docs/services.md')
})

const instance = { kind: 'service', name: 'dice1', n: 1, service: 'dice.mjs' } as const

async function load(source: string, extra: object = {}) {
  const file = join(scratchFolder(), 'dice.mjs')
  writeFileSync(file, source)
  return loadDefinition({ ...instance, ...extra }, { configFile: '/there/overlay.json', bundle: pathToFileURL(file) })
}

const SOURCE = `export default { name: 'dice', about: 'Rolls dice.', commands: {}, publish: { everySeconds: 60, make: () => 'A 6.' } }`

test('the period of the instance takes the place of that of its module', async () => {
  expect((await load(SOURCE)).publish?.everySeconds).toBe(60)
  expect((await load(SOURCE, { everySeconds: 5 })).publish?.everySeconds).toBe(5)
  const thermometer = { ...instance, service: 'thermometer', everySeconds: 1 }
  const place = { configFile: '/there/overlay.json', bundle: new URL('file:///nowhere') }
  expect((await loadDefinition(thermometer, place)).publish?.everySeconds).toBe(1)
})

test('a period for a module that publishes nothing is refused', async () => {
  await expect(load(SOURCE.replace(/, publish.*\}/, ' }'), { everySeconds: 5 })).rejects.toThrow(
    'Cannot start dice1: its everySeconds is 5, but dice.mjs publishes nothing.',
  )
})

test('a module that fails while it is loaded is refused with its own words', async () => {
  await expect(load(`throw new Error('no dice here')`)).rejects.toThrow(
    'Cannot start dice1: /there/dice.mjs fails while it is loaded: no dice here.',
  )
})
