/** Keys: every spelling of an address of this machine leads to no canary, and a canary key is found nowhere but in its store. */
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KINDS } from '../../shared/protocol/route.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { SpeakingUpstream, say } from './speaking-upstream.ts'
import { isFull, report } from './table.ts'
import { addRoutes, arePeers, OURS, tryRoutes } from './tables.ts'
import { within } from './witness.ts'

const FROM_ENVIRONMENT = 'sk-c4n4ry-environment-0123456789'
const TYPED = 'c4n4ry-typed-0123456789-"abcdef'
const MARK = 'c4n4ry'

let overlay: Overlay
beforeAll(async () => {
  overlay = await Overlay.start({
    args: ['--demo', '--only', 'alice,bob'],
    env: { LOG_LEVEL: 'debug', OPENAI_API_KEY: FROM_ENVIRONMENT },
  })
})
afterAll(() => overlay?.[Symbol.asyncDispose]())

const owner = () => ({ controller: overlay.controller, peer: overlay.peer(1), name: 'alice' })

/** How addresses of this machine can be written; what is not reached from here is refused or not found. */
const SPELLINGS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.0.0.2',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '0177.1',
  ],
  ...['017700000001', '0x7F.0x0.0x0.0x1', '127.000.000.001', '0', '0.0.0.0', '00', '0x0', '0.0', '000.000.000.000'],
  ...[
    'localhost',
    'LOCALHOST',
    'LocalHost',
    'localhost.',
    'l%6fcalhost',
    'loc%61lhost',
    'ｌｏｃａｌｈｏｓｔ',
    '１２７.0.0.1',
    '127。0。0。1',
    '127．0．0．1',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
  ],
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::0001]',
    '[0::1]',
    '[::]',
    '[0::0]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:127.0.0.1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[::ffff:0.0.0.0]',
    '[::ffff:0:127.0.0.1]',
    '[2002:7f00:1::]',
  ],
  ...[
    'user@127.0.0.1',
    'user:pass@127.0.0.1',
    'api.openai.com@127.0.0.1',
    'api.openai.com:443@localhost',
    'api.openai.com%40127.0.0.1',
    '127.0.0.1.',
    '127.1.',
    'a.localhost',
    'api.openai.com.localhost',
    '169.254.169.254',
    '10.0.0.1',
    'ip6-localhost',
  ],
]

test.runIf(isFull)(
  'no spelling of an address of this machine, and no redirect, leads a route there that does not say so',
  async () => {
    const hits: string[] = []
    const canary = createServer(socket => {
      hits.push(String(socket.remoteAddress))
      socket.on('error', () => {}).destroy()
    })
    await once(canary.listen(0, '::'), 'listening')
    const address = canary.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    using alice = await PeerClient.connect(overlay.peer(1))
    const asked = SPELLINGS.filter((_, index) => index % 1 === 0)
    const taken: string[] = []
    for (const spelled of asked) {
      const route = {
        kind: 'openai',
        baseUrl: `http://${spelled}:${port}/v1`,
        model: 'm',
        credential: 'openai',
        timeoutMs: 500,
      }
      for (const [name, given] of Object.entries({ WITH: route, WITHOUT: { ...route, credential: undefined } })) {
        const { status } = await tryRoutes(overlay.controller, 'alice', { [name]: given })
        expect([spelled, status < 500]).toEqual([spelled, true])
        if (status !== 200) continue
        taken.push(spelled)
        await arePeers(overlay.peer(1), [name])
        const id = await alice.send(name, `for ${spelled}`)
        await within(
          alice.message(({ metadata }) => metadata.replyTo === id),
          'a question to an address of this machine did not end',
        )
      }
    }
    // Redirects of a provider that may be asked: not followed, wherever they lead.
    const statuses = [301, 302, 303, 307, 308]
    let next = 0
    await using upstream = await SpeakingUpstream.open((_, response) => {
      response.writeHead(statuses[next] ?? 302, { location: `http://127.0.0.1:${port}/v1/chat/completions` }).end()
    })
    await addRoutes(owner(), {
      H1: { kind: 'openai', baseUrl: upstream.baseUrl('openai'), model: 'm', ...OURS },
    })
    for (const [index] of statuses.entries()) {
      next = index
      const id = await alice.send('H1', 'follow me')
      await within(
        alice.message(({ metadata }) => metadata.replyTo === id),
        'a redirect did not end',
      )
    }
    canary.close()
    const tried = 2 * asked.length + statuses.length
    report({
      attack: 'spellings of an address of this machine, redirects',
      tried,
      found: `${hits.length} hits on a canary listener, ${tried - statuses.length - taken.length} refused at once`,
      held: hits.length === 0,
    })
    expect(hits).toEqual([])
  },
  180_000,
)

/** Ways in which a provider could repeat the key that it was called with. */
const ECHOES: readonly ((key: string) => readonly string[])[] = [
  key => [key],
  key => [`Your key is ${key}, is it not?`],
  key => [key.slice(0, 12), key.slice(12)],
  key => [...key],
  key => ['key: ', key.slice(0, 3), '', key.slice(3)],
  key => [`\`\`\`\n${key}\n\`\`\``],
  key => [key.slice(0, -1), `${key.slice(-1)} and more`],
  key => [`${'x'.repeat(5_000)}${key.slice(0, 20)}`, key.slice(20)],
]

test.runIf(isFull)(
  'a key that went in by both doors, and that a provider repeats in every way, is found nowhere outside its store',
  async () => {
    const keyOf = (headers: Record<string, unknown>) =>
      String(headers['authorization'] ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '').replace(
        /^Bearer /,
        '',
      )
    let turn = 0
    await using upstream = await SpeakingUpstream.open(({ kind, headers }, response) => {
      const key = keyOf(headers)
      const echo = ECHOES[turn % (ECHOES.length + 3)]
      if (echo !== undefined) return say(kind, echo(key), response)
      const status = [401, 400, 500][turn % 3] ?? 500
      const escaped = [...key].map(letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-request-id': key })
        .end(
          `{"error":{"message":"wrong key ${turn % 2 === 0 ? escaped : JSON.stringify(key).slice(1, -1)}","type":"${escaped}","code":"x"}}`,
        )
    })
    const typed = await call('PUT', `${overlay.controller}/api/credentials/typed`, {
      provider: 'openai',
      value: TYPED,
      origins: [upstream.origin],
    })
    expect(typed.status).toBe(200)
    const routes = API_KINDS.map((kind, index) => [
      `K${index}`,
      { kind, baseUrl: upstream.baseUrl(kind), model: 'm', credential: 'typed', timeoutMs: 5_000, ...OURS },
    ])
    await addRoutes(owner(), Object.fromEntries(routes))
    using alice = await PeerClient.connect(overlay.peer(1))
    const dashboard = await follow(`${overlay.controller}/api/events`)
    const metrics: string[] = []
    const rounds = ECHOES.length + 3
    let answers = 0
    for (; turn < rounds; turn += 1)
      await Promise.all(
        API_KINDS.map(async (_, index) => {
          const id = await alice.send(`K${index}`, `turn ${turn}`)
          await within(
            alice.message(({ metadata }) => metadata.replyTo === id),
            'a question was not answered',
          )
          answers += 1
        }),
      )
    const controllerUrls = [
      '/api/credentials',
      '/api/proxies',
      '/api/proxies/alice/endpoints',
      '/api/proxies/alice/endpoints/history',
      '/api/usage',
      '/metrics',
      '/openapi.json',
      '/api/present',
      '/',
    ]
    const peerUrls = [
      '/',
      '/api/conversations',
      '/api/peers',
      '/metrics',
      '/api/present',
      '/api/search?q=key',
      ...API_KINDS.map((_, index) => `/api/conversations/K${index}/messages`),
    ]
    const all = [
      ...controllerUrls.map(path => overlay.controller + path),
      ...peerUrls.map(path => overlay.peer(1) + path),
      `${overlay.proxy(1)}/peers`,
      `${overlay.proxy(1)}/metrics`,
    ]
    for (const url of all) metrics.push(await (await fetch(url)).text())
    const seen = [...metrics, JSON.stringify(alice.heard), await dashboard.text()]
    await overlay.stop()
    seen.push(overlay.output)
    const files = readdirSync(overlay.data, { recursive: true, encoding: 'utf8' })
      .map(name => join(overlay.data, name))
      .filter(name => statSync(name).isFile())
    const holders = files.filter(file => [...canaries].some(text => readFileSync(file).includes(text)))
    const store = join(overlay.data, 'controller', 'controller.json')
    const finds = [
      ...seen.filter(text => [...canaries].some(canary => text.includes(canary))).map(text => around(text)),
      ...holders.filter(file => file !== store),
    ]
    report({
      attack: 'canary keys, repeated by a provider',
      tried: answers + seen.length + files.length,
      found: `${finds.length} finds in ${seen.length} texts and ${files.length} files`,
      held: finds.length === 0,
    })
    expect(finds).toEqual([])
    expect(holders).toEqual([store])
  },
  120_000,
)

/** The mark, and what would be left of the keys if only their mark were taken out. */
const canaries = new Set([MARK, '0123456789-"abc', '0123456789-\\"abc', 'environment-0123'])
const around = (text: string): string => {
  const found = [...canaries].map(canary => text.indexOf(canary)).find(at => at >= 0) ?? 0
  return text.slice(Math.max(0, found - 100), found + 100)
}

/** Hears a stream of events until it is asked what it heard. */
async function follow(url: string) {
  const stop = new AbortController()
  const response = await fetch(url, { signal: stop.signal })
  let heard = ''
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) heard += decoder.decode(chunk, { stream: true })
  })().catch(() => undefined)
  return {
    text: async () => {
      stop.abort()
      await reading
      return heard
    },
  }
}
