import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { Child } from './child.ts'
import { Console } from './console.ts'

test('child that cannot even be spawned is tried again, as one that died', async () => {
  const folder = scratchFolder()
  const file = join(folder, 'child.mjs')
  writeFileSync(file, "process.send({ kind: 'ready' }); setInterval(() => {}, 1000)")
  const child = new Child({ name: 'test', file, args: [], env: {} }, new Console(folder, false))
  const { execPath } = process
  onTestFinished(() => {
    process.execPath = execPath
    child.kill()
  })
  process.execPath = join(folder, 'none')
  const ready = child.start()
  process.execPath = execPath
  await ready
  expect(child.pid).toBeGreaterThan(0)
  await child.stop(1_000)
})
