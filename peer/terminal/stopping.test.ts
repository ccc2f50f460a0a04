import { expect, test } from 'vitest'
import { GrowingAnswers } from './growing-answers.ts'
import { SentMessages } from './sent-messages.ts'
import { Stopping } from './stopping.ts'

const question = { to: 'GPT', text: 'why?', isQuestion: true }

function asking(request: Promise<unknown>) {
  const sent = new SentMessages()
  const cancelled: string[] = []
  const cancel = async (id: string) => void cancelled.push(id)
  sent.sending('q1', question, request)
  return { cancelled, sent, stopping: new Stopping({ sent, answers: new GrowingAnswers(), calls: { cancel } }) }
}

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
  expect(sent.awaited).toBeUndefined()
})
