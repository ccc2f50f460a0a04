/** Automatic replies of people over the whole overlay: each mode, each pair of them, and an AI that answers in a person's name. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { Me, type ReplyMode } from '../../shared/protocol/peer-api.ts'
import { Fleet } from '../harness/fleet.ts'
import { type ConfigChange, Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const people: ConfigChange = config => ({
  ...config,
  instances: [
    { kind: 'person', name: 'behrooz', n: 0 },
    { kind: 'person', name: 'alice', n: 1, assistant: { route: 'MISTRAL', personality: 'spanish' } },
    { kind: 'person', name: 'bob', n: 2, mode: 'away' },
  ],
})

const folder = temporaryFolder()
let overlay: Overlay
let behrooz: PeerClient
let alice: PeerClient
let bob: PeerClient

beforeAll(async () => {
  const args = ['--demo', '--config', writeConfig(folder, people)]
  overlay = await Overlay.start({ args, data: join(folder, 'data') })
  behrooz = await PeerClient.connect(overlay.peer(0))
  alice = await PeerClient.connect(overlay.peer(1))
  bob = await PeerClient.connect(overlay.peer(2))
})
afterAll(async () => {
  for (const client of [behrooz, alice, bob]) client[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const setMode = async (n: number, mode: ReplyMode) =>
  Me.parse((await call('PUT', `${overlay.peer(n)}/api/me`, { mode })).body)
const answer = (client: PeerClient, id: string) => client.message(message => message.metadata.replyTo === id)
const stopOf = (n: number, id: string) => call('POST', `${overlay.peer(n)}/api/messages/${id}/cancel`)
const piecesOf = (client: PeerClient, question: string) =>
  client.heard.flatMap(event => (event.name === 'delta' && event.data.replyTo === question ? [event.data] : []))
const pieces = (client: PeerClient, question: string, count: number) =>
  client.event(() => piecesOf(client, question).length >= count)

test('the start names the mode of each person', () => {
  expect(overlay.output).toMatch(/behrooz .* by hand +ready/)
  expect(overlay.output).toMatch(/bob .* away +ready/)
})

test('a person in the mode assistant answers through the route of their own, in their name, piece by piece for both', async () => {
  expect(await setMode(1, 'assistant')).toEqual({
    ...{ name: 'alice', displayName: 'alice' },
    ...{ mode: 'assistant', fixed: false, route: 'MISTRAL' },
  })
  const id = await behrooz.send('alice', 'Which language do you speak? [[long 20]]')
  const given = await answer(behrooz, id)
  expect(given).toMatchObject({
    ...{ sender: 'alice', conversation: 'alice', type: 'chat' },
    metadata: { autoReply: true, demo: true, model: 'mistral-small-latest', context: { personality: 'spanish' } },
  })
  expect(piecesOf(behrooz, id).length).toBeGreaterThan(3)
  expect(piecesOf(behrooz, id)[0]).toMatchObject({ id: given.id, conversation: 'alice' })
  expect(piecesOf(alice, id).length).toBeGreaterThan(3)
  expect(piecesOf(alice, id)[0]).toMatchObject({ id: given.id, conversation: 'behrooz', own: true })
  expect((await alice.history('behrooz')).at(-1)).toMatchObject({ id: given.id, sender: 'alice' })
})

test('"help" to a person is a question, also where an AI answers it', async () => {
  const given = await answer(behrooz, await behrooz.send('alice', 'help'))
  expect(given).toMatchObject({ type: 'chat', metadata: { model: 'mistral-small-latest' } })
  expect((await alice.history('behrooz')).map(({ type }) => type)).not.toContain('command')
})

test.each(['the asker', 'the person'] as const)('%s stops an answer, which keeps what has come', async who => {
  const id = await behrooz.send('alice', 'A long one. [[long 400]] [[slow]]')
  await Promise.all([pieces(behrooz, id, 5), pieces(alice, id, 5)])
  const shown = piecesOf(alice, id)[0]?.id ?? ''
  expect((await (who === 'the asker' ? stopOf(0, id) : stopOf(1, shown))).status).toBe(202)
  const stopped = await answer(behrooz, id)
  expect(stopped).toMatchObject({ id: shown, metadata: { ending: 'cancelled' } })
  expect(stopped.message).toMatch(/^word1 word2 /)
  expect(stopped.message).not.toContain('word400')
})

test('the mode that was chosen survives a restart, whatever the configuration says; until then that one decides', async () => {
  expect(Me.parse((await call('GET', `${overlay.peer(2)}/api/me`)).body).mode).toBe('away')
  overlay.kill('peer alice')
  await overlay.printed(/peer alice\s+ready[\s\S]*peer alice\s+ready/)
  expect(Me.parse((await call('GET', `${overlay.peer(1)}/api/me`)).body).mode).toBe('assistant')
  alice[Symbol.dispose]()
  alice = await PeerClient.connect(overlay.peer(1))
})

test('one who is away replies once to messages that waited for them, and not again after a restart', async () => {
  overlay.kill('peer bob')
  const sent = await Promise.all(['1', '2', '3', '4'].map(text => behrooz.send('bob', text)))
  await overlay.printed(/peer bob\s+ready[\s\S]*peer bob\s+ready/)
  await Promise.all(sent.map(id => behrooz.state(id, 'received')))
  const reply = await behrooz.message(({ sender, metadata }) => sender === 'bob' && metadata.autoReply === true)
  overlay.kill('peer bob')
  await overlay.printed(/peer bob\s+ready[\s\S]*peer bob\s+ready[\s\S]*peer bob\s+ready/)
  await behrooz.state(await behrooz.send('bob', 'and now?'), 'received')
  bob[Symbol.dispose]()
  bob = await PeerClient.connect(overlay.peer(2))
  expect((await bob.history('behrooz')).filter(({ sender }) => sender === 'bob').map(({ id }) => id)).toEqual([
    reply.id,
  ])
})

test('two peers that answer automatically fall silent after one reply, whichever modes they are in', async () => {
  const modes = ['canned', 'away', 'assistant'] as const
  const asked: string[] = []
  const answered: string[] = []
  for (const mine of modes)
    for (const theirs of modes) {
      await setMode(1, mine)
      await setMode(2, theirs)
      const id = await alice.send('bob', `${mine} to ${theirs}`)
      asked.push(id)
      await alice.state(id, 'received')
      // Away counts whatever was replied to alice a moment ago.
      if (theirs === 'away') continue
      answered.push((await answer(alice, id)).id)
    }
  // Whatever an assistant had asked its AI in error comes before what it is asked now.
  await setMode(1, 'assistant')
  await answer(behrooz, await behrooz.send('alice', 'Is that all?'))
  await answer(behrooz, await behrooz.send('bob', 'Is that all?'))
  const said = await alice.history('bob')
  expect(said.filter(({ sender }) => sender === 'alice').map(({ id }) => id)).toEqual(asked)
  expect(said.filter(({ sender }) => sender === 'bob').map(({ id }) => id)).toEqual(answered)
})

test('where a person has no key or no route for their AI, who asks gets a notice', async () => {
  const fleet = await Fleet.open({
    config: config => ({
      ...config,
      instances: [
        { kind: 'person', name: 'behrooz', n: 0 },
        { kind: 'person', name: 'alice', n: 1, mode: 'assistant' },
      ],
    }),
  })
  onTestFinished(() => fleet[Symbol.asyncDispose]())
  await fleet.startAll('behrooz', 'alice')
  const asker = await PeerClient.connect(fleet.peer(0))
  onTestFinished(() => asker[Symbol.dispose]())
  const keyless = await answer(asker, await asker.send('alice', 'hello?'))
  expect(keyless).toMatchObject({ sender: 'alice', type: 'notification', metadata: { autoReply: true } })
  expect(keyless.message).toMatch(/GPT needs an API key/)

  const url = `${fleet.controller}/api/proxies/alice/endpoints`
  const table = await call('GET', url)
  const { endpoints } = z.object({ endpoints: z.record(z.string(), z.unknown()) }).parse(table.body)
  const { GPT: _, ...rest } = endpoints
  const put = await call('PUT', url, { endpoints: rest }, { 'if-match': table.headers.get('etag') ?? '' })
  expect(put.status).toBe(200)
  const owner = await PeerClient.connect(fleet.peer(1))
  onTestFinished(() => owner[Symbol.dispose]())
  await owner.event(event => event.name === 'peers' && !event.data.some(({ name }) => name === 'GPT'))
  const routeless = await answer(asker, await asker.send('alice', 'hello again?'))
  expect(routeless).toMatchObject({ type: 'notification', metadata: { error: { code: 'no_answer' } } })
  expect(routeless.message).toMatch(/^alice cannot answer this: .*GPT/)
})
