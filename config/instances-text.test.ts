import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withInstance, withoutInstance } from './instances-text.ts'

const text = readFileSync(join(import.meta.dirname, 'overlay.json'), 'utf8')
const carol = { kind: 'person', name: 'carol', n: 5, mode: 'manual' }

test('one more instance is one more line of the default configuration, written as the others are', () => {
  const lines = withInstance(text, carol).split('\n')
  const before = text.split('\n')
  const added = lines.findIndex(line => line.includes('carol'))
  expect(lines[added]).toBe('    { "kind": "person", "name": "carol", "n": 5, "mode": "manual" }')
  expect(lines[added - 1]).toBe(`${before[added - 1]},`)
  expect([...lines.slice(0, added - 1), before[added - 1], ...lines.slice(added + 1)]).toEqual(before)
})

test.each([0, 2, 4])('the instance of place %i leaves, and nothing else of the text changes', index => {
  const config = JSON.parse(text)
  const left = withoutInstance(text, index)
  expect(JSON.parse(left)).toEqual({ ...config, instances: config.instances.toSpliced(index, 1) })
  expect(text.split('\n').length - left.split('\n').length).toBe(1)
})

test.each([
  ['compact', '{"instances":[{"n":1}]}', '{"instances":[{"n":1},{"n":2}]}'],
  ['empty', '{ "instances": [] }', '{ "instances": [{"n":2}] }'],
  ['spaced', '{ "instances": [ { "n":1 } ] }', '{ "instances": [ { "n":1 }, { "n": 2 } ] }'],
  [
    'tabs and lines',
    '{\n\t"instances": [\n\t\t{\n\t\t\t"n": 1\n\t\t}\n\t]\n}\n',
    '{\n\t"instances": [\n\t\t{\n\t\t\t"n": 1\n\t\t},\n\t\t{\n\t\t\t"n": 2\n\t\t}\n\t]\n}\n',
  ],
])('an instance takes over the layout of the list: %s', (_, before, after) => {
  expect(withInstance(before, { n: 2 })).toBe(after)
})

test('what is added and removed again leaves the text as it was, whatever its layout', () => {
  const instances = fc.array(fc.record({ n: fc.nat(), name: fc.string() }), { minLength: 1, maxLength: 4 })
  const layout = fc.constantFrom(undefined, 1, 2, '\t')
  fc.assert(
    fc.property(instances, layout, fc.dictionary(fc.string(), fc.jsonValue()), (list, indent, rest) => {
      const given = JSON.stringify({ ...rest, instances: list }, null, indent)
      const added = withInstance(given, carol)
      expect(JSON.parse(added)).toEqual({ ...JSON.parse(given), instances: [...list, carol] })
      expect(withoutInstance(added, list.length)).toBe(given)
    }),
  )
})
