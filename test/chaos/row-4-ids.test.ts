/** Row 4: an id stands for one message for good. The same id with another body is refused, whatever became of the first. */
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SubmissionResults } from '../../shared/protocol/local.ts'
import { type Answer, call } from '../harness/peer-client.ts'
import { arrived, shownFrom } from './conversation.ts'
import { count, report } from './report.ts'
import { Stage } from './stage.ts'

let stage: Stage
const ids: string[] = []
const first = (id: string): string => `the first with ${id}`
const tally = { asked: 0, refused: 0 }

beforeAll(async () => {
  stage = await Stage.open(['alice', 'bob'], { absent: ['carol'] })
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  const { asked, refused } = tally
  const held = `${refused} of ${asked} refused with 422`
  report({ row: 4, fault: 'the same id with another body', injected: asked, hit: asked, messages: ids.length, held })
})

const atPeer = (id: string, message: string, to = 'bob'): Promise<Answer> =>
  call('POST', `${stage.peer('alice')}/api/conversations/${to}/messages`, { id, message })

const submission = (id: string, message: string, destination = 'bob') => ({
  id,
  message,
  destination,
  timestamp: '2026-01-02T03:04:05.000Z',
})
const atProxy = (id: string, message: string, to = 'bob'): Promise<Answer> =>
  call('POST', `${stage.proxy('alice')}/messages`, submission(id, message, to))

async function isRefused(asked: Promise<Answer>): Promise<void> {
  tally.asked += 1
  const { status, body } = await asked
  expect(body).toMatchObject({ error: { code: 'id_conflict' } })
  expect(status).toBe(422)
  tally.refused += 1
}

/** Every way of giving an accepted id another body. */
async function othersAreRefused(): Promise<void> {
  for (const id of ids)
    await Promise.all([
      isRefused(atPeer(id, 'another')),
      isRefused(atPeer(id, first(id), 'carol')),
      isRefused(atProxy(id, 'another')),
      isRefused(atProxy(id, first(id), 'carol')),
    ])
}

/** The first body again is the first message again. */
async function sameIsAnswered(): Promise<void> {
  for (const id of ids) {
    const [peer, proxy] = await Promise.all([atPeer(id, first(id)), atProxy(id, first(id))])
    expect([peer.status, proxy.status]).toEqual([202, 202])
  }
}

/** How many messages wait at alice's proxy, by its own figures. */
async function waitingAtProxy(): Promise<number> {
  const text = await (await fetch(`${stage.proxy('alice')}/metrics`)).text()
  return Number(/^overlay_waiting (\d+)$/m.exec(text)?.[1])
}

test('an id that was accepted is refused with another body, while the first waits and when it arrived', async () => {
  await stage.fleet.life('proxy bob').kill()
  for (let n = 0; n < count({ full: 50, small: 5 }); n += 1) {
    const id = uuidv7()
    ids.push(id)
    expect((await atPeer(id, first(id))).status).toBe(202)
  }
  await expect.poll(waitingAtProxy, { timeout: 30_000 }).toBe(ids.length)
  await othersAreRefused()
  await stage.fleet.start('proxy', 'bob')
  await arrived(stage.peer('alice'), 'bob', 60_000)
  await othersAreRefused()
  await sameIsAnswered()
})

test("it stays refused when the sender's peer and proxy were killed and started again", async () => {
  await stage.fleet.life('peer alice').kill()
  await stage.fleet.life('proxy alice').kill()
  await Promise.all([stage.fleet.start('proxy', 'alice'), stage.fleet.start('peer', 'alice')])
  await othersAreRefused()
  await sameIsAnswered()
})

test('of many bodies that come at once with one id, one is accepted', async () => {
  const others = { peer: uuidv7(), proxy: uuidv7() }
  for (const [id, send] of [
    [others.peer, atPeer],
    [others.proxy, atProxy],
  ] as const) {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(id, `body ${n} of ${id}`)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([202, ...Array.from({ length: 19 }, () => 422)])
    tally.asked += 19
    tally.refused += 19
  }
})

test('at the proxy another type, other metadata, or a question to an API is another body', async () => {
  const [known = ''] = ids
  const send = (parts: object) =>
    call('POST', `${stage.proxy('alice')}/messages`, { ...submission(known, first(known)), ...parts })
  await isRefused(send({ type: 'notification' }))
  await isRefused(send({ metadata: { replyTo: known } }))
  await isRefused(send({ destination: 'GPT' }))
  const question = uuidv7()
  expect((await atProxy(question, 'what?', 'GPT')).status).toBe(202)
  await isRefused(atProxy(question, 'what?'))
  await isRefused(atProxy(question, 'another', 'GPT'))
})

test('one refused id in a batch does not hold up the others', async () => {
  const [known = ''] = ids
  const fresh = uuidv7()
  const answer = await call('POST', `${stage.proxy('alice')}/messages/batch`, {
    messages: [submission(known, 'another'), submission(fresh, 'fresh')],
  })
  expect(SubmissionResults.parse(answer.body).results).toMatchObject([
    { id: known, state: 'failed', code: 'id_conflict' },
    { id: fresh, state: 'accepted' },
  ])
})

test("an id of a message that arrived is refused for one's own", async () => {
  const [known = ''] = ids
  await isRefused(call('POST', `${stage.peer('bob')}/api/conversations/alice/messages`, { id: known, message: 'mine' }))
})

test('the recipient shows the first body of each, once', async () => {
  const shown = await shownFrom(stage.peer('bob'), 'alice')
  for (const id of ids)
    expect(shown.filter(message => message.id === id).map(({ message }) => message)).toEqual([first(id)])
  expect(shown.filter(({ message }) => message === 'another')).toEqual([])
})
