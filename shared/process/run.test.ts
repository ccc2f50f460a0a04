import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Started } from './run.ts'

test('started parts are closed in reverse, each after the one before is closed', async () => {
  const closed: string[] = []
  const started = new Started()
  started.add({ [Symbol.dispose]: () => void closed.push('store') })
  started.add({
    [Symbol.asyncDispose]: async () => {
      await new Promise(resolve => setImmediate(resolve))
      closed.push('server')
    },
  })
  started.addWork(new Promise<void>(resolve => setImmediate(resolve)).then(() => void closed.push('work')))
  await started[Symbol.asyncDispose]()
  expect(closed).toEqual(['work', 'server', 'store'])
})

test('started parts are closed although one of them cannot be', async () => {
  const closed: string[] = []
  const started = new Started()
  started.add({ [Symbol.dispose]: () => void closed.push('store') })
  started.add({ [Symbol.asyncDispose]: () => Promise.reject(new Error('on purpose')) })
  await expect(started[Symbol.asyncDispose]()).rejects.toMatchObject({ errors: [new Error('on purpose')] })
  expect(closed).toEqual(['store'])
  await started[Symbol.asyncDispose]()
  expect(closed).toEqual(['store'])
})

test('process whose launcher was killed while it started stops as well', async () => {
  const script = `
    import { runProcess } from ${JSON.stringify(join(import.meta.dirname, 'run.ts'))}
    await runProcess('a test', async ({ started }) => {
      const work = setInterval(() => {}, 1000)
      started.add({ [Symbol.dispose]: () => clearInterval(work) })
    })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  child.disconnect()
  expect(await exited).toEqual([0, null])
}, 60_000)
