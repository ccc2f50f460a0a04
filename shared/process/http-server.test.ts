import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { Heard } from '../../test/harness/heard.ts'
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

const ipv6 = await new Promise<boolean>(resolve => {
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(0, '::1', () => server.close(() => resolve(true)))
})

test.runIf(ipv6)(
  'server on 127.0.0.1 answers on ::1 as well, to which localhost may lead, and one on 127.0.0.2 does not',
  async () => {
    const [port, other] = [await freePort(), await freePort()]
    for (const [host, place] of [
      ['127.0.0.1', port],
      ['127.0.0.2', other],
    ] as const) {
      const server = await serveApp(app, { process: 'a test', host, port: place })
      onTestFinished(() => server[Symbol.asyncDispose]())
    }
    expect(await statusOf('::1', port, `localhost:${port}`)).toBe(200)
    await expect(statusOf('::1', other, `localhost:${other}`)).rejects.toThrow('ECONNREFUSED')
  },
)

test.runIf(ipv6)('server does not start where another program waits for its visitors on ::1, and says so', async () => {
  const port = await freePort()
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(port, '::1', resolve))
  onTestFinished(() => void taken.close())
  const serving = serveApp(app, { process: 'a test', port })
  await expect(serving).rejects.toThrow(StartError)
  await expect(serving).rejects.toThrow(
    `Cannot start a test: port ${port} of ::1 is in use by another program, to which a browser may go that looks for localhost:${port}.`,
  )
  await expect(statusOf('127.0.0.1', port, `localhost:${port}`)).rejects.toThrow('ECONNREFUSED')
})

/** A server with 20 places, and what opens connections to it. */
async function small() {
  const large = 'x'.repeat(8 * 1024 * 1024)
  const slow = new Hono()
    .get('/', c => c.text('here'))
    .get('/large', c => c.text(large))
    .post('/', async c => c.text(await c.req.text()))
    .onError((_, c) => c.text('', 500))
  const server = await serveApp(slow, { process: 'a test', port: 0, connections: 20 })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { port } = server
  const closed = new Heard<Socket>()
  const open = (text: string) =>
    new Promise<Socket>(resolve => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text, () => resolve(socket)))
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {})
      socket.once('close', () => closed.add(socket))
    })
  const status = () => statusOf('127.0.0.1', port, `127.0.0.1:${port}`)
  return { port, closed, open, status }
}

test.each([
  ['say nothing', ''],
  ['never end their headers', 'GET / HTTP/1.1\r\nHost: x'],
  [
    'never end their body',
    'POST / HTTP/1.1\r\nHost: HOST\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('server answers however many connections %s: those that have done so for longest are closed', async (_, text) => {
  const { port, closed, open, status } = await small()
  for (let n = 0; n < 100; n += 1) await open(text.replace('HOST', `127.0.0.1:${port}`))
  expect([await status(), await status()]).toEqual([200, 200])
  expect(closed.all.length).toBeGreaterThanOrEqual(80)
})

test('server answers however many answers nobody reads: they give way', async () => {
  const { port, open, status } = await small()
  const statuses: number[] = []
  while (!statuses.includes(503) && statuses.length < 18) {
    const socket = await open(`GET /large HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    socket.pause()
    statuses.push(await status())
  }
  expect(statuses).toContain(503)
  const until = performance.now() + 20_000
  while ((await status()) !== 200) expect(performance.now()).toBeLessThan(until)
})
