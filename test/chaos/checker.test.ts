/** A checker that cannot fail is worth nothing: each kind of violation is found. */
import { expect, test } from 'vitest'
import { type Invocation, inFigures, judge, nothingWrong, together } from './checker.ts'

let ticks = 0
const sent = (sender: string, counter: number, parts: Partial<Invocation> = {}): Invocation => ({
  id: `${sender}-${counter}`,
  sender,
  counter,
  text: `${sender} #${counter}`,
  invoked: ++ticks,
  answered: ++ticks,
  outcome: 'ok',
  ...parts,
})
const shown = (...history: Invocation[]) => history.map(({ id, text }) => ({ id, message: text }))

test('the checker finds nothing wrong with a history that is shown as it was sent', () => {
  const history = [sent('a', 1), sent('b', 1), sent('a', 2), sent('b', 2)]
  expect(judge(history, shown(...history))).toEqual(nothingWrong)
})

test('an accepted message that is not shown is lost', () => {
  const [first, second] = [sent('a', 1), sent('a', 2)]
  expect(judge([first, second], shown(second))).toEqual({ ...nothingWrong, lost: ['a #1'] })
  expect(judge([first], [])).toEqual({ ...nothingWrong, lost: ['a #1'] })
})

test('a message of unknown outcome may be shown or not, but not twice', () => {
  const [first, second] = [sent('a', 1, { outcome: 'unknown' }), sent('a', 2)]
  expect(judge([first, second], shown(second))).toEqual(nothingWrong)
  expect(judge([first, second], shown(first, second))).toEqual(nothingWrong)
  expect(judge([first, second], shown(first, first, second)).twice).toEqual(['a-1', 'a #1'])
})

test('one id shown twice, and one text shown under two ids, are both shown twice', () => {
  const first = sent('a', 1)
  expect(judge([first], shown(first, first)).twice).toEqual(['a-1', 'a #1'])
  const again = { id: 'another', message: 'a #1' }
  expect(judge([first], [...shown(first), again]).twice).toEqual(['a #1'])
})

test("one sender's messages are shown in the order of their counter, also those of unknown outcome", () => {
  const history = [sent('a', 1), sent('a', 2, { outcome: 'unknown' }), sent('a', 3)]
  const [first, second, third] = history
  if (first === undefined || second === undefined || third === undefined) throw new Error('three were made')
  expect(judge(history, shown(first, third, second)).outOfOrder).toEqual(['a #2 after a #3'])
  expect(judge(history, shown(second, first, third)).outOfOrder).toEqual(['a #1 after a #2'])
})

test('a message that was accepted before another was sent is shown before it, whoever sent them', () => {
  const [early, late] = [sent('a', 1), sent('b', 1)]
  expect(judge([early, late], shown(late, early)).outOfOrder).toEqual(['a #1 after b #1'])
})

test('messages that were under way at the same time may be shown in either order', () => {
  const one = sent('a', 1, { invoked: 1001, answered: 1004 })
  const other = sent('b', 1, { invoked: 1002, answered: 1003 })
  expect(judge([one, other], shown(other, one))).toEqual(nothingWrong)
  expect(judge([one, other], shown(one, other))).toEqual(nothingWrong)
})

test('what nobody sent, what was refused and what is shown with another text are phantoms', () => {
  const refused = sent('a', 1, { outcome: 'failed' })
  const good = sent('a', 2)
  expect(judge([good], [...shown(good), { id: 'x', message: 'hello' }]).phantom).toEqual(['x was never sent: hello'])
  expect(judge([refused, good], shown(refused, good)).phantom).toEqual(['a #1 was refused'])
  expect(judge([refused, good], shown(good))).toEqual(nothingWrong)
  expect(judge([good], [{ id: 'a-2', message: 'torn' }]).phantom).toEqual(['a #2 is shown as: torn'])
})

test('figures name lost, twice and out of order, and phantoms only where there are any', () => {
  const bad = together([
    { ...nothingWrong, lost: ['a'] },
    { ...nothingWrong, outOfOrder: ['b', 'c'] },
  ])
  expect(inFigures(bad)).toBe('1/0/2')
  expect(inFigures({ ...bad, phantom: ['d'] })).toBe('1/0/2, 1 phantom')
})
