import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { Setting } from './setting.ts'
import { openStore } from './store.ts'
import { storedJson } from './stored-json.ts'

const migrations = ['CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)']

test('a setting is nothing before the first write, then what was written last, and leaves its neighbours alone', async () => {
  const store = openStore({ path: join(scratchFolder(), 'settings.db'), migrations })
  const word = new Setting(store, 'word', z.string())
  const place = new Setting(store, 'place', storedJson(z.object({ x: z.int(), y: z.int().optional() })))
  expect([word.read(), place.read()]).toEqual([undefined, undefined])
  await store.write(() => word.write('first'))
  await store.write(() => place.write({ x: 1, y: undefined }))
  await store.write(() => word.write('second'))
  expect([word.read(), place.read()]).toEqual(['second', { x: 1 }])
  const Row = z.object({ name: z.string(), value: z.string() })
  expect(store.all(Row, 'SELECT name, value FROM setting ORDER BY name')).toEqual([
    { name: 'place', value: '{"x":1}' },
    { name: 'word', value: 'second' },
  ])
  store.close()
})

test('a setting refuses to write what it could not read again', async () => {
  const store = openStore({ path: join(scratchFolder(), 'settings.db'), migrations })
  const count = new Setting(store, 'count', storedJson(z.int()))
  await expect(store.write(() => count.write(0.5))).rejects.toThrow(z.ZodError)
  expect(count.read()).toBeUndefined()
  store.close()
})
