import { expect, test } from 'vitest'
import { CallRefusedError } from '../../shared/process/http-client.ts'
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

test('what was stopped is not stopped twice, but what is asked again is, and so is what could not be stopped', async () => {
  const { cancelled, sent, stopping } = asking(Promise.resolve())
  await stopping.begin()
  expect(stopping.begin()).toBeUndefined()
  sent.follow('q1', question)
  await stopping.begin()
  expect(cancelled).toEqual(['q1', 'q1'])

  const refused = new CallRefusedError('/cancel', { status: 409, body: undefined })
  const refusing = new Stopping({
    sent,
    answers: new GrowingAnswers(),
    calls: { cancel: () => Promise.reject(refused) },
  })
  sent.follow('q2', question)
  await expect(refusing.begin()).rejects.toBe(refused)
  expect(sent.awaited).toEqual(['q2'])
  await expect(refusing.begin()).rejects.toBe(refused)
})

test('a question that nobody took is no reason not to stop', async () => {
  const { cancelled, sent, stopping } = asking(Promise.reject(new Error('nobody is there')))
  await stopping.begin()
  expect(cancelled).toEqual(['q1'])
  expect(sent.awaited).toEqual([])
})
