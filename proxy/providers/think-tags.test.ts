/** The thinking of local models, however it is split, and what only looks like it. */
import { expect, test } from 'vitest'
import { AnswerDoor } from './answer-door.ts'
import { OpenAiReader } from './openai/reader.ts'
import type { AnswerEvent } from './provider.ts'
import { summaryOf } from './testing/stream-cases.ts'
import { withoutThinking } from './think-tags.ts'

const piece = (content: string) => ({ data: JSON.stringify({ choices: [{ delta: { content } }] }) })

function read(pieces: readonly string[], model = 'm', baseUrl = 'http://127.0.0.1:9/v1'): AnswerEvent[] {
  const reader = new AnswerDoor(new OpenAiReader({ dialect: 'compatible', model, baseUrl }), undefined)
  return [...pieces.flatMap(text => reader.read(piece(text))), ...reader.read({ data: '[DONE]' })]
}

const CASES: readonly [whole: string, thinking: string, text: string][] = [
  ['<think>a</think>b', 'a', 'b'],
  ['\n<think>\na\n</think>\n\nb', '\na\n', 'b'],
  ['<think>a</think>\n<think>b</think>\nc', 'ab', 'c'],
  ['<think>a</thin</think>b', 'a</thin', 'b'],
  ['<think>', '', ''],
  ['<think>a', 'a', ''],
  ['<thinking>a</thinking>b', 'a', 'b'],
  ['a\n</think>\nb', 'a\n', 'b'],
  ['a</think>\n\nb', 'a', 'b'],
  ['</think>b', '', 'b'],
  ['```\n<think>a</think>\n```', '', '```\n<think>a</think>\n```'],
  ['The tag <think> opens, `</think>` closes.', '', 'The tag <think> opens, `</think>` closes.'],
  ['a </think> b', '', 'a </think> b'],
  ['<thin', '', '<thin'],
  ['<p>a</p>', '', '<p>a</p>'],
  ['1 <', '', '1 <'],
]

test.each(CASES)('%j is the thinking %j and the answer %j, split anywhere', (whole, thinking, text) => {
  for (let at = 0; at <= whole.length; at++)
    expect(summaryOf(read([whole.slice(0, at), whole.slice(at)])), `split at ${at}`).toMatchObject({ thinking, text })
  expect(summaryOf(read([...whole]))).toMatchObject({ thinking, text })
})

test('of a model that is known to think without an opening tag nothing is told before the closing one', () => {
  const reader = new OpenAiReader({ dialect: 'compatible', model: 'deepseek-r1:8b', baseUrl: 'http://127.0.0.1:9/v1' })
  expect(reader.read(piece('Hm'))).toEqual([])
  expect(reader.read(piece('m.\n</think>\n\nYes'))).toMatchObject([{ kind: 'thinking' }, { kind: 'text', text: 'Yes' }])
})

test('what such a model writes without any tag is its answer', () => {
  expect(summaryOf(read(['Yes', '.'], 'qwq-32b'))).toMatchObject({ text: 'Yes.', thinking: '' })
})

test('thinking in a field of its own is the only thinking', () => {
  const reader = new OpenAiReader({ dialect: 'compatible', model: 'deepseek-r1' })
  const thought = { data: JSON.stringify({ choices: [{ delta: { reasoning_content: 'Hm' } }] }) }
  expect([...reader.read(thought), ...reader.read(piece('Yes\n</think>\n'))]).toMatchObject([
    { kind: 'thinking', text: 'Hm' },
    { kind: 'text', text: 'Yes\n</think>\n' },
  ])
})

test("OpenAI's own models are taken at their word", () => {
  expect(summaryOf(read(['<think>a</think>b'], 'gpt-4.1', 'https://api.openai.com/v1')).text).toBe('<think>a</think>b')
})

test('a turn of an earlier answer is sent without its thinking', () => {
  expect(withoutThinking('<think>a</think>\n\nb')).toBe('b')
  expect(withoutThinking('a\n</think>\nb')).toBe('b')
})
