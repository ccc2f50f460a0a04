import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Answers } from './answers.ts'

const TEXT = 'An answer that is written piece by piece.'
const cut = fc.uniqueArray(fc.integer({ min: 1, max: TEXT.length - 1 }), { maxLength: 8 }).map(places => {
  const ends = [0, ...places.sort((a, b) => a - b), TEXT.length]
  return ends
    .slice(0, -1)
    .map((offset, index) => ({ id: 'a', replyTo: 'q', offset, text: TEXT.slice(offset, ends[index + 1]) }))
})

test('answer is whole after its pieces, wherever they were cut', () => {
  fc.assert(
    fc.property(cut, pieces => {
      const answers = new Answers()
      for (const piece of pieces) expect(answers.write('GPT', piece)).toEqual({ ...piece, conversation: 'GPT' })
      expect(answers.present()).toEqual([{ id: 'a', conversation: 'GPT', replyTo: 'q', offset: 0, text: TEXT }])
      expect(answers.to('q')?.text).toBe(TEXT)
      expect(answers.question('a')).toBe('q')
    }),
  )
})

test('answer is always a beginning of the whole, whatever is lost, repeated or out of order', () => {
  const order = fc.array(fc.nat(), { maxLength: 20 })
  fc.assert(
    fc.property(cut, order, (pieces, picks) => {
      const answers = new Answers()
      for (const pick of picks) {
        const piece = pieces[pick % pieces.length]
        if (piece !== undefined) answers.write('GPT', piece)
        expect(TEXT.startsWith(answers.to('q')?.text ?? '')).toBe(true)
      }
    }),
  )
})

test('answer of the demonstration says so to a page that joins in the midst', () => {
  const answers = new Answers()
  answers.write('GPT', { id: 'a', replyTo: 'q', offset: 0, text: 'x', demo: true })
  expect(answers.present()).toEqual([{ id: 'a', conversation: 'GPT', replyTo: 'q', offset: 0, text: 'x', demo: true }])
})

test('answer that ended is forgotten', () => {
  const answers = new Answers()
  answers.write('GPT', { id: 'a', replyTo: 'q', offset: 0, text: 'x' })
  answers.end('a')
  expect([answers.present(), answers.to('q'), answers.question('a')]).toEqual([[], undefined, undefined])
})

test('piece that comes again changes nothing', () => {
  const answers = new Answers()
  for (const [offset, text] of [
    [0, 'ab'],
    [2, 'cd'],
    [0, 'ab'],
    [4, 'ef'],
  ] as const)
    answers.write('GPT', { id: 'a', replyTo: 'q', offset, text })
  expect(answers.to('q')?.text).toBe('abcdef')
})

test('an answer of the demonstration is told as one to a page that joins in its midst', () => {
  const answers = new Answers()
  answers.write('GPT', { id: 'a', replyTo: 'q', offset: 0, text: 'x', demo: true })
  expect(answers.present()).toEqual([{ id: 'a', conversation: 'GPT', replyTo: 'q', offset: 0, text: 'x', demo: true }])
})

test('answer that never ends is kept up to a bound, and so are all of them together', () => {
  const answers = new Answers()
  const text = 'x'.repeat(64 * 1024)
  for (let answer = 0; answer < 20; answer++)
    for (let offset = 0; offset < 2 * 1024 * 1024; offset += text.length)
      answers.write('mallory', { id: `a${answer}`, replyTo: `q${answer}`, offset, text })
  expect(answers.to('q19')?.text).toHaveLength(1024 * 1024)
  expect(answers.to('q0')).toBeUndefined()
  expect(answers.present()).toHaveLength(16)
  for (let answer = 0; answer < 1_000; answer++)
    answers.write('mallory', { id: `b${answer}`, replyTo: `r${answer}`, offset: 0, text: '' })
  expect(answers.present()).toHaveLength(256)
})
