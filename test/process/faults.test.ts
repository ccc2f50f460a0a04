/** What must go on when a process is gone: messages flow without the controller, and wait for whoever is away. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Links } from '../../shared/protocol/peer-api.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let overlay: Overlay
let behrooz: PeerClient

beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--only', 'behrooz,alice,bob'] })
  behrooz = await PeerClient.connect(overlay.peer(0))
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
})

/** Holds a process down: it is killed as often as the launcher starts it again, until released. */
function holdDown(...names: string[]): Disposable {
  const kill = () => {
    const running = overlay.processes()
    for (const name of names) if (running.has(name)) process.kill(running.get(name) ?? 0, 'SIGKILL')
  }
  kill()
  const timer = setInterval(kill, 100)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** Resolves once behrooz's peer has noticed that its proxy is gone. */
async function unlinked(): Promise<void> {
  while (Links.parse((await call('GET', `${overlay.peer(0)}/api/links`)).body).connected)
    await new Promise(resolve => setImmediate(resolve))
}

test('a process that dies is started again and said so', async () => {
  overlay.kill('peer bob')
  await overlay.printed(/peer bob died \(SIGKILL\); it is started again/)
  await overlay.printed(/peer bob\s+ready[\s\S]*peer bob\s+ready/)
})

test("while the recipient's proxy is dead the message waits; it is delivered in order, marked as stored, when it is back", async () => {
  const ids: string[] = []
  {
    using _down = holdDown('proxy alice')
    for (const text of ['first', 'second', 'third']) ids.push(await behrooz.send('alice', text))
    const waiting = await behrooz.state(ids[0] ?? '', 'waiting')
    expect(waiting.data).toMatchObject({ reason: 'alice is offline. Message saved.' })
  }
  await behrooz.state(ids[2] ?? '', 'received')
  const answer = await call('GET', `${overlay.peer(1)}/api/conversations/behrooz/messages`)
  const shown = JSON.parse(JSON.stringify(answer.body)).messages.filter(
    (message: { sender: string }) => message.sender === 'behrooz',
  )
  expect(shown.map((message: { message: string; stored?: true }) => [message.message, message.stored])).toEqual([
    ['first', true],
    ['second', true],
    ['third', true],
  ])
})

test("while the recipient's peer is away its proxy keeps the message, and the sender is told", async () => {
  let id: string
  await behrooz.sees('alice', { online: true })
  {
    using _down = holdDown('peer alice')
    await behrooz.sees('alice', { online: false })
    id = await behrooz.send('alice', 'kept by your proxy')
    const delivered = await behrooz.state(id, 'delivered')
    expect(delivered.data).toMatchObject({ reason: 'alice is offline. Message saved.' })
  }
  await behrooz.state(id, 'received')
})

test('without the controller messages flow, also after every proxy restarted from its last good table', async () => {
  using _down = holdDown('controller')
  const first = await behrooz.send('bob', 'the controller is dead')
  await behrooz.state(first, 'received')
  for (const name of ['proxy behrooz', 'proxy bob', 'proxy alice']) overlay.kill(name)
  const second = await behrooz.send('bob', 'and the proxies are new')
  await behrooz.state(second, 'received')
  await behrooz.message(message => message.sender === 'bob' && message.metadata.replyTo === second)
})

test('a message accepted while the own proxy is dead is sent when it is back', async () => {
  let id: string
  {
    using _down = holdDown('proxy behrooz')
    await unlinked()
    id = await behrooz.send('bob', 'written without a proxy')
    expect((await behrooz.history('bob')).find(message => message.id === id)).toMatchObject({
      id,
      state: 'waiting',
      reason: expect.stringContaining('own proxy'),
    })
  }
  await behrooz.state(id, 'received')
})
