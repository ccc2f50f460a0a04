import { expect, test } from 'vitest'
import { GrowingAnswers } from './growing-answers.ts'
import { SentMessages } from './sent-messages.ts'
import { Stopping } from './stopping.ts'

const question = { to: 'GPT', text: 'why?', isQuestion: true }

const piece = (n: number, replyTo: string) => ({
  id: `a${n}`,
  conversation: `AI${n}`,
  replyTo,
  offset: 0,
  text: 'word ',
})

function asking(request: Promise<unknown>) {
  const sent = new SentMessages()
  const answers = new GrowingAnswers()
  const cancelled: string[] = []
  const cancel = async (id: string) => void cancelled.push(id)
  sent.sending('q1', question, request)
  return { answers, cancelled, sent, stopping: new Stopping({ sent, answers, calls: { cancel } }) }
}

test('what was asked last is stopped first, whether its answer has begun or not; then what was asked elsewhere', async () => {
  const { answers, cancelled, sent, stopping } = asking(Promise.resolve())
  sent.sending('q2', question, Promise.resolve())
  answers.write(piece(2, 'q2'), new Date())
  answers.write(piece(9, 'asked on a page'), new Date())
  sent.sending('q3', question, Promise.resolve())
  await stopping.begin()
  await stopping.begin()
  answers.drop('a2', 'Stopped.', new Date())
  await stopping.begin()
  await stopping.begin()
  expect(cancelled).toEqual(['q3', 'q2', 'q1', 'a9'])
})

test('a question that is still being sent is stopped once the peer has it, not before', async () => {
  let taken = () => {}
  const { cancelled, stopping } = asking(
    new Promise<void>(resolve => {
      taken = resolve
    }),
  )
  const stopped = stopping.begin()
  expect(stopping.begin()).toBeUndefined()
  await new Promise(resolve => setImmediate(resolve))
  expect(cancelled).toEqual([])
  taken()
  await stopped
  expect(cancelled).toEqual(['q1'])
})

test('a question that nobody took is no reason not to stop', async () => {
  const { cancelled, sent, stopping } = asking(Promise.reject(new Error('nobody is there')))
  await stopping.begin()
  expect(cancelled).toEqual(['q1'])
  expect(sent.awaited).toEqual([])
})
