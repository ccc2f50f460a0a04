import { expect, test } from 'vitest'
import type { Ending } from '../../shared/protocol/message.ts'
import { AnswerState } from './answer-state.ts'

type Written = 'text' | 'spaces' | 'thoughts' | 'hidden thoughts' | 'nothing'

function detailOf(ending: Ending | undefined, written: Written): string | undefined {
  const state = new AnswerState()
  if (written === 'text') state.text('Hi')
  if (written === 'spaces') state.text(' \n')
  if (written === 'thoughts') state.thinking('Hm')
  if (written === 'hidden thoughts') state.count({ input: 1, output: 9, thinking: 9 })
  if (ending !== undefined) state.endsWith(ending)
  const end = state.close().at(-1)
  return end?.kind === 'end' ? end.detail : undefined
}

test.each<[Ending | undefined, Written, string | undefined]>([
  ['stop', 'text', undefined],
  ['stop', 'spaces', 'The model ended its answer without writing any text.'],
  ['stop', 'nothing', 'The model ended its answer without writing any text.'],
  ['stop', 'thoughts', 'The model thought, and ended its answer without writing any text.'],
  ['stop', 'hidden thoughts', 'The model thought, and ended its answer without writing any text.'],
  ['length', 'text', 'The answer reached the length limit.'],
  ['length', 'nothing', 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'],
  [
    'length',
    'thoughts',
    'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
  ],
  [
    'length',
    'hidden thoughts',
    'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
  ],
  ['refused', 'nothing', 'The model refused to answer. Word the question differently.'],
  ['refused', 'text', 'The model refused to answer. Word the question differently.'],
  ['filtered', 'text', "The provider's content filter stopped the answer."],
  [
    'filtered',
    'nothing',
    "The provider's content filter stopped the answer before any text. Word the question differently.",
  ],
  ['cancelled', 'text', undefined],
  [undefined, 'text', 'The connection broke before the answer was whole.'],
  [undefined, 'nothing', 'The connection broke before the answer was whole.'],
])('an answer that ends with %s after %s tells: %s', (ending, written, detail) => {
  expect(detailOf(ending, written)).toBe(detail)
})

test('an answer keeps its first reason to end, and ends once', () => {
  const state = new AnswerState()
  state.text('Hi')
  state.endsWith('length')
  state.endsWith('stop')
  expect(state.close()).toMatchObject([{ kind: 'end', ending: 'length' }])
  expect([...state.close(), ...state.fail(['server_error', {}])]).toEqual([])
})
