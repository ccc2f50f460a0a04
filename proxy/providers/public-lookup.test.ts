/** A canary listens on this machine: no route reaches it that does not say that it may, whatever its address looks like. */
import { once } from 'node:events'
import { createServer, type LookupFunction } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { providerDispatcher } from './dispatcher.ts'
import { publicLookup } from './public-lookup.ts'
import { answerTo, testCaller } from './testing/asking.ts'
import { startRawServer } from './testing/raw-server.ts'

/** Counts connections to every address of this machine, and closes them. */
async function startCanary() {
  const canary = { hits: 0, port: 0 }
  const server = createServer(socket => {
    canary.hits += 1
    socket.on('error', () => {}).destroy()
  })
  server.listen(0, '::')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  canary.port = typeof address === 'object' && address !== null ? address.port : 0
  return canary
}

/** A resolver that whoever owns a name could run: each answer of a name is the next of its list. */
function resolverOf(names: Readonly<Record<string, readonly (readonly string[])[]>>): LookupFunction {
  const asked = new Map<string, number>()
  return (host, options, callback) => {
    const answers = names[host] ?? []
    const times = asked.get(host) ?? 0
    asked.set(host, times + 1)
    const found = answers[Math.min(times, answers.length - 1)] ?? []
    const addresses = found.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
    const [first] = addresses
    if (first === undefined) callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', 4)
    else if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  }
}

function callerWith(lookup: LookupFunction) {
  const dispatcher = providerDispatcher(undefined, { lookup })
  onTestFinished(() => dispatcher.destroy())
  return testCaller({ dispatcher })
}

const SPELLINGS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0x7F.0.0.1',
  ],
  ...[
    '127.000.000.001',
    '127.0.0.2',
    '127.255.255.254',
    '0.0.0.0',
    '0',
    '0x0',
    '00000000000',
    '[::1]',
    '[::]',
    '[0::1]',
  ],
  ...[
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:7F00:0001]',
    '[::127.0.0.1]',
    '[::7f00:1]',
  ],
  ...['[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '[::ffff:0:0]', '[::ffff:0.0.0.0]', '[0000:0000::0001]'],
  ...['localhost', 'LOCALHOST', 'localhost.', 'foo.localhost', 'l%6fcalhost', 'ｌｏｃａｌｈｏｓｔ', '１２７.０.０.１'],
  ...['127。0。0。1', '①②⑦.0.0.1', '%31%32%37.0.0.1', 'user@127.0.0.1', 'api.openai.com@127.0.0.1', 'a:b@[::1]'],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '2852039166', '0xa9fea9fe'],
  ...['[fd00:ec2::254]', '[fe80::1]', '[::ffff:169.254.169.254]', 'metadata.google.internal', 'ollama'],
  ...['named.example', 'six.example', 'mapped.example', 'both.example', 'swap.example', 'zone.example', 'zero.example'],
]
const NAMES = {
  localhost: [['127.0.0.1']],
  ollama: [['127.0.0.1']],
  'named.example': [['127.0.0.1']],
  'six.example': [['::1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'both.example': [['192.88.100.1', '127.0.0.1']],
  'swap.example': [['127.0.0.1'], ['::1']],
  'zone.example': [['fe80::1%lo']],
  'zero.example': [['0.0.0.0']],
}

test('a route that does not say so reaches nothing of this machine or of a private network, in more than 60 spellings', async () => {
  expect(SPELLINGS.length).toBeGreaterThan(60)
  const canary = await startCanary()
  const caller = callerWith(resolverOf(NAMES))
  const told: unknown[] = []
  for (const host of SPELLINGS) {
    const { end } = await answerTo(caller, { baseUrl: `http://${host}:${canary.port}/v1`, privateNetwork: false })
    told.push([host, end])
    expect(end).toMatchObject({ kind: 'error', failure: { code: 'unreachable', retryable: false } })
    expect(JSON.stringify(end)).toContain('Private network')
  }
  expect(canary.hits).toBe(0)
  expect(caller.waits).toEqual([])
})

test('a name that is rebound between two connections is looked at for each of them', async () => {
  const canary = await startCanary()
  // Beside an address of the internet, and then alone: the address that is refused is the one that would be connected to.
  const lookup = resolverOf({ 'rebound.example': [['192.88.100.1', '::1'], ['::1'], ['127.0.0.1']] })
  const caller = callerWith(lookup)
  for (const host of ['rebound.example', 'rebound.example', 'rebound.example'])
    expect(
      (await answerTo(caller, { baseUrl: `http://${host}:${canary.port}/v1`, privateNetwork: false })).end,
    ).toMatchObject({ kind: 'error', failure: { message: expect.stringContaining(`${host} leads to`) } })
  expect(canary.hits).toBe(0)
})

test('a route that says so reaches this machine, and shares no connection with one that does not', async () => {
  const canary = await startCanary()
  const caller = callerWith(resolverOf(NAMES))
  const baseUrl = `http://named.example:${canary.port}/v1`
  await answerTo(caller, { baseUrl })
  const { hits } = canary
  expect(hits).toBeGreaterThan(0)
  await answerTo(caller, { baseUrl, privateNetwork: false })
  expect(canary.hits).toBe(hits)
})

test.each([301, 302, 303, 307, 308])('a redirect with status %i to a private address is not followed', async status => {
  const canary = await startCanary()
  const server = await startRawServer((_, response) => {
    response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/v1/chat/completions` }).end()
  })
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin, key: 'sk-secret-0123456789' })
  expect(end).toMatchObject({
    kind: 'error',
    failure: { message: expect.stringContaining(`redirects, status ${status}`) },
  })
  expect(canary.hits).toBe(0)
})

test('name that a VPN answers with an address that stands for another one is looked up as ever', async () => {
  const lookup = publicLookup(resolverOf({ 'api.openai.com': [['198.18.0.7']] }))
  const answer = new Promise((resolve, reject) =>
    lookup('api.openai.com', {}, (error, found) => (error === null ? resolve(found) : reject(error))),
  )
  expect(await answer).toBe('198.18.0.7')
})
