import { expect, test } from 'vitest'
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { lookUpSent } from './sent-look-up.ts'
import { SentMessages } from './sent-messages.ts'

const record = (id: string, state: MessageRecord['state'], replyTo?: string): MessageRecord => ({
  ...{ id, state, sender: 'alice', destination: 'GPT', conversation: 'GPT', message: 'why?', type: 'chat' },
  ...{ timestamp: '2026-01-02T03:04:05.000Z', metadata: replyTo === undefined ? {} : { replyTo } },
})
const page = async () => ({
  messages: [record('q1', 'received'), record('a1', 'received', 'q1'), record('q2', 'delivered')],
  before: null,
})
function asked(...ids: string[]) {
  const sent = new SentMessages()
  for (const id of ids) sent.follow(id, { to: 'GPT', text: 'why?', isQuestion: true })
  return sent
}

test('what was answered meanwhile waits for nothing, what is under way does, and all of it is told', async () => {
  const sent = asked('q1', 'q2')
  const told: string[] = []
  await lookUpSent({ sent, calls: { page } }, ({ id }) => told.push(id))
  expect(sent.awaited).toEqual(['q2'])
  expect(told).toEqual(['q1', 'q2'])
})

test('a question that is asked again is not answered by its earlier answer', async () => {
  const sent = asked('q1')
  const again = async () => ({ messages: [record('q1', 'delivered'), record('a1', 'received', 'q1')], before: null })
  await lookUpSent({ sent, calls: { page: again } }, () => {})
  expect(sent.awaited).toEqual(['q1'])
})

test('of a name that nobody has any more no news is waited for; another failure is tried again', async () => {
  const refuse = (status: number) => async () =>
    Promise.reject(new CallRefusedError('/page', { status, body: undefined }))
  const sent = asked('q1')
  await expect(lookUpSent({ sent, calls: { page: refuse(503) } }, () => {})).rejects.toThrow()
  expect(sent.awaited).toEqual(['q1'])
  await lookUpSent({ sent, calls: { page: refuse(404) } }, () => {})
  expect(sent.awaited).toEqual([])
})
