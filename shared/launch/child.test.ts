import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { StartFailedError } from '../process/start-error.ts'
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

/** A child that runs this program, which finds the number of its try in `n`; what it and the launcher say is caught. */
function childOf(program: string) {
  const folder = scratchFolder()
  const file = join(folder, 'child.mjs')
  const count = join(folder, 'count')
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(count)}, 'x')
    const n = readFileSync(${JSON.stringify(count)}, 'utf8').length
    const ready = () => { process.send({ kind: 'ready' }); setInterval(() => {}, 1000) }
    ${program}`,
  )
  let shown = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    shown += String(text)
    return true
  })
  const child = new Child({ name: 'test', file, args: [], env: {} }, new Console(folder, false))
  onTestFinished(() => {
    child.kill()
    write.mockRestore()
  })
  const tries = () => readFileSync(count, 'utf8').length
  return { child, tries, shown: () => shown, log: () => readFileSync(join(folder, 'test.log'), 'utf8') }
}
const times = (text: string, part: string): number => text.split(part).length - 1

test('child that dies at once three times for the same reason is given up, and its reason shown once', async () => {
  const { child, tries, shown, log } = childOf("await import('file:///no/such/module.mjs')")
  const failure = await child.start().then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(StartFailedError)
  expect(String(failure)).toMatch(
    /Cannot start test: it died three times at once, for the same reason: exit code 1: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module '\/no\/such\/module.mjs'.*\. \S+test\.log says more\.$/,
  )
  expect(tries()).toBe(3)
  expect([shown(), log()].map(text => times(text, 'Error [ERR_MODULE_NOT_FOUND]'))).toEqual([1, 3])
  expect(child.status).toMatchObject({ state: 'down', pid: null })
})

test('child that dies at once for another reason each time is tried again', async () => {
  const { child, tries } = childOf("if (n < 4) throw new Error(['one', 'two'][n % 2]); ready()")
  await child.start()
  expect(tries()).toBe(4)
})

test('child whose log says why it ends is given up with that', async () => {
  const fatal =
    '{"level":"fatal","time":"2026-01-01T00:00:00Z","process":"test","msg":"Cannot write peer.db: the disk is full."}'
  const { child, shown } = childOf(`console.log(${JSON.stringify(fatal)}); process.exitCode = 1`)
  await expect(child.start()).rejects.toThrow('exit code 1: Cannot write peer.db: the disk is full. ')
  expect(times(shown(), 'the disk is full')).toBe(1)
})

test('child that was ready is started again however often it dies at once', async () => {
  const { child, tries } = childOf(
    "if (n > 1 && n < 5) throw new Error('later'); ready(); if (n === 1) setTimeout(() => process.exit(3), 20)",
  )
  await child.start()
  await vi.waitUntil(() => tries() === 5 && child.status.state === 'ready', { timeout: 20_000 })
}, 30_000)
