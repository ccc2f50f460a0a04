import { request } from 'node:http'
import { createServer } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../test/harness/scratch.ts'
import { hostProblem } from './guard.ts'
import { serveApp } from './http-server.ts'
import { StartError } from './start-error.ts'

const app = new Hono().get('/', c => c.text('here'))

async function serve(host: string): Promise<number> {
  const server = await serveApp(app, { process: 'a test', host, port: 0 })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server.port
}

const statusOf = (host: string, port: number, named: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { host: named }
    request({ host, port, headers }, response => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

test.each([
  ['127.0.0.1', ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'], ['127.0.0.2', 'example.com']],
  ['127.0.0.2', ['127.0.0.2'], ['127.0.0.1', 'localhost', '[::1]', '127.0.0.3', '127.0.0.2.nip.io']],
])('server on %s answers to the names that lead to it, and to no other', async (host, own, others) => {
  const port = await serve(host)
  for (const name of own) expect([name, await statusOf(host, port, `${name}:${port}`)]).toEqual([name, 200])
  for (const name of others) expect([name, await statusOf(host, port, `${name}:${port}`)]).toEqual([name, 421])
  expect(await statusOf(host, port, host)).toBe(421)
  expect(await statusOf(host, port, `${host}:${port + 1}`)).toBe(421)
})

test('server on port 80 answers to its host alone, as clients name it there', () => {
  const named = (host: string, port: number) =>
    hostProblem({ url: '/', rawHeaders: ['Host', host] }, { host: '127.0.0.2', port })?.status
  expect(['127.0.0.2', '127.0.0.2:80', '127.0.0.1', '127.0.0.2:81'].map(host => named(host, 80))).toEqual([
    ...[undefined, undefined],
    ...[421, 421],
  ])
  expect(named('127.0.0.2', 8080)).toBe(421)
})

test.each(['0.0.0.0', '192.168.0.7', '::1', '::', 'localhost', '127.0.0.1.example.com', ''])(
  'server on %s is refused with the reason',
  async host => {
    const serving = serveApp(app, { process: 'a test', host, port: 0 })
    await expect(serving).rejects.toThrow(StartError)
    await expect(serving).rejects.toThrow(
      `Cannot serve a test on ${host}: it is beyond this machine, which is refused as long as members cannot prove who they are.`,
    )
  },
)

test('server whose port is taken says which, on which host', async () => {
  const port = await freePort()
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(port, '127.0.0.2', resolve))
  onTestFinished(() => void taken.close())
  await expect(serveApp(app, { process: 'a test', host: '127.0.0.2', port })).rejects.toThrow(
    `Cannot start a test: port ${port} of 127.0.0.2 is in use by another program.`,
  )
})
