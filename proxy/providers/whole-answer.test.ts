/** An answer with status 200 that is no stream is read where it is an answer, and else quoted. */
import { expect, test } from 'vitest'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { answerTo, testCaller } from './testing/asking.ts'
import { startRawServer } from './testing/raw-server.ts'

type Case = readonly [kind: ApiKind, type: string, body: unknown]

async function answerOf([kind, type, body]: Case) {
  const server = await startRawServer((_, response) => {
    response.writeHead(200, { 'content-type': type })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const told = await answerTo(testCaller(), { baseUrl: server.origin, kind })
  return { ...told, requests: server.requests.length }
}

test.each<Case>([
  [
    'openai',
    'application/json',
    { choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] },
  ],
  ['mistral', 'application/json', { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }],
  [
    'anthropic',
    'application/json',
    { type: 'message', content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' },
  ],
  ['gemini', 'application/json', { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }],
  [
    'gemini',
    'application/json',
    [
      { candidates: [{ content: { parts: [{ text: 'H' }] } }] },
      { candidates: [{ content: { parts: [{ text: 'i' }] }, finishReason: 'STOP' }] },
    ],
  ],
])('a whole answer of %s that was not streamed is an answer (%s)', async (...given) => {
  expect(await answerOf(given)).toMatchObject({ text: 'Hi', end: { kind: 'end', ending: 'stop' }, requests: 1 })
})

test('a whole answer that is empty says so, and is not asked for again', async () => {
  const body = { choices: [{ message: { content: '' }, finish_reason: 'length' }] }
  expect(await answerOf(['openai', 'application/json', body])).toMatchObject({
    end: { kind: 'end', ending: 'length' },
    requests: 1,
  })
})

test.each<[...Case, string, RegExp]>([
  [
    'openai',
    'application/json',
    { error: { message: 'Balance is used up', type: 'billing' } },
    'no_credit',
    /\(Balance is used up\)/,
  ],
  ['openai', 'application/json', { error: { message: 'It is so', code: 402 } }, 'no_credit', /\(It is so\)/],
  ['openai', 'application/json', { error: 'No such thing here' }, 'bad_request', /\(No such thing here\)/],
  ['openai', 'application/json', { code: 1113, msg: 'Recharge' }, 'no_credit', /\(Recharge\)/],
  ['mistral', 'application/json', { message: 'Nothing to see' }, 'bad_request', /\(Nothing to see\)/],
  ['anthropic', 'application/json', { error: { type: 'authentication_error', message: 'No.' } }, 'wrong_key', /\(No\)/],
  [
    'gemini',
    'application/json',
    [{ error: { code: 400, message: 'API key not valid' } }],
    'wrong_key',
    /\(API key not valid\)/,
  ],
  ['openai', 'text/plain', 'Your balance is used up', 'no_credit', /\(Your balance is used up\)/],
  [
    'openai',
    'text/html',
    '<html><title>Sign in</title></html>',
    'broken_answer',
    /expected, not text\/html: Sign in\)/,
  ],
  ['openai', 'application/json', {}, 'broken_answer', /expected, not application\/json\)/],
  ['openai', 'application/json', '{"choices":[{"mes', 'broken_answer', /expected, not application\/json\)/],
])('%s with %s %j instead of an answer is told as %s', async (kind, type, body, code, words) => {
  const { end, text, requests } = await answerOf([kind, type, body])
  expect(text).toBe('')
  expect(end).toMatchObject({ kind: 'error', failure: { code, message: expect.stringMatching(words) } })
  expect(requests).toBe(1)
})
