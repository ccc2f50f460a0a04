import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch.ts'
import { changedPersonsText, changesInWords, loadOverlay, personsFile, readChangedPersons } from './changed-persons.ts'
import { loadConfig } from './config.ts'

const SHIPPED = join(import.meta.dirname, 'overlay.json')
const carol = { kind: 'person', name: 'carol', n: 5, mode: 'manual' }

function overlayWith(changed: string | object, change: (text: string) => string = text => text) {
  const data = scratchFolder()
  const config = join(data, 'overlay.json')
  writeFileSync(config, change(readFileSync(SHIPPED, 'utf8')))
  writeFileSync(personsFile(data), typeof changed === 'string' ? changed : JSON.stringify(changed))
  return { config, data }
}
const namesOf = (files: { config: string; data: string }) => loadOverlay(files).instances.map(({ name }) => name)
const wordsOf = ({ config, data }: { config: string; data: string }) =>
  changesInWords(loadConfig(config), readChangedPersons(data))

test('an overlay without changed persons is its configuration', () => {
  expect(loadOverlay({ config: SHIPPED, data: scratchFolder() })).toEqual(loadConfig(SHIPPED))
  const files = overlayWith('')
  expect(loadOverlay(files)).toEqual(loadConfig(SHIPPED))
  expect(wordsOf(files)).toBeUndefined()
})

test('persons who were added come last, those who were removed are not there, and words say both', () => {
  const files = overlayWith({ added: [carol], removed: ['ALICE'] })
  expect(namesOf(files)).toEqual(['behrooz', 'bob', 'BOT', 'thermometer1', 'carol'])
  expect(wordsOf(files)).toBe('carol added, alice removed')
})

test('a person whom somebody wrote into the configuration by hand goes before one who was added', () => {
  const byHand = { ...carol, displayName: 'By hand', n: 7 }
  const files = overlayWith({ added: [carol] }, text => text.replace('"instances": [', `$&${JSON.stringify(byHand)},`))
  expect(loadOverlay(files).instances.filter(({ name }) => name === 'carol')).toEqual([byHand])
  expect(wordsOf(files)).toBeUndefined()
})

test('a person who was removed and added again with other ports takes the place of the one in the configuration', () => {
  const files = overlayWith({ added: [{ ...carol, name: 'bob' }], removed: ['bob'] })
  expect(loadOverlay(files).instances.filter(({ name }) => name === 'bob')).toMatchObject([{ n: 5 }])
  expect(wordsOf(files)).toBe('bob replaced')
})

test('changed persons that do not fit the configuration are refused with both files', () => {
  const files = overlayWith({ added: [{ ...carol, n: 1 }] })
  expect(() => loadOverlay(files)).toThrow(
    `Cannot use configuration ${files.config} with ${personsFile(files.data)}: instances.carol.n 1 is taken by "alice"`,
  )
})

test.each([
  ['no JSON', '{', 'it is not JSON'],
  ['of another shape', '{"added":[{"kind":"assistant"}]}', 'added.0.kind'],
  ['with a field that is none', '{"add":[]}', 'add'],
])('changed persons that are %s are refused with their file', (_, text, detail) => {
  const files = overlayWith(text)
  expect(() => loadOverlay(files)).toThrow(
    `Cannot use ${personsFile(files.data)}, which says who was added and removed: `,
  )
  expect(() => loadOverlay(files)).toThrow(detail)
})

test('changed persons keep the line ends that their file had', () => {
  const changed = { added: [], removed: [] }
  expect(changedPersonsText(changed, '{}\r\n')).toBe('{\r\n  "added": [],\r\n  "removed": []\r\n}\r\n')
  expect(changedPersonsText(changed, '')).toBe('{\n  "added": [],\n  "removed": []\n}\n')
})
