import { expect, test } from 'vitest'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { GrowingAnswers } from './growing-answers.ts'
import { type Line, paint } from './line.ts'
import { dropAnswer, finishAnswer, GrowingOutput } from './output.ts'

const now = new Date(2026, 10, 22, 9, 5)
const clock = () => now
const piece = (id: string, offset: number, text: string) => ({ id, conversation: id, replyTo: `q-${id}`, offset, text })
const whole = (id: string, message: string): MessageRecord => ({
  ...{ id, sender: id, destination: 'alice', message, timestamp: now.toISOString(), type: 'chat' },
  ...{ metadata: { replyTo: `q-${id}` }, conversation: id, state: 'received' },
})
const plain = (lines: readonly Line[]) => lines.map(line => paint(line, false))

test('lines that are whole stay, the last one grows, and the end is shown once', () => {
  const answers = new GrowingAnswers()
  answers.write(piece('GPT', 0, 'one\ntw'), now)
  expect(plain(answers.take(now))).toEqual(['[09:05][GPT] (AI) one'])
  expect(plain([answers.tail(now) ?? []])).toEqual(['  tw'])
  answers.write(piece('GPT', 6, 'o'), now)
  expect(answers.take(now)).toEqual([])
  expect(plain(answers.finish(whole('GPT', 'one\ntwo\nthree'), now))).toEqual(['  two', '  three'])
  expect(answers.present).toEqual([])
})

test('a repeated piece changes nothing; one that says something else begins anew', () => {
  const answers = new GrowingAnswers()
  answers.write(piece('GPT', 0, 'one\ntwo'), now)
  answers.take(now)
  answers.write(piece('GPT', 0, 'one\n'), now)
  expect(plain([answers.tail(now) ?? []])).toEqual(['  two'])
  answers.write(piece('GPT', 0, 'un\n'), now)
  expect(plain(answers.take(now))).toEqual(['[09:05][GPT] (AI) un'])
})

test('another line in between makes the answer say again whose it is', () => {
  const answers = new GrowingAnswers()
  answers.write(piece('GPT', 0, 'one\ntwo\n'), now)
  answers.take(now)
  answers.interrupt({ withTail: false })
  answers.write(piece('GPT', 8, 'three'), now)
  expect(plain([answers.tail(now) ?? []])).toEqual(['[09:05][GPT …] three'])
})

test('a line longer than the screen is cut after a word and never within a character', () => {
  const answers = new GrowingAnswers()
  answers.write(piece('GPT', 0, 'aaaa bbbb cccc dddd eeee'), now)
  expect(plain(answers.take(now, { width: 12, rows: 1 }))).toEqual(['[09:05][GPT] (AI) aaaa bbbb ', '  cccc dddd '])
  const wide = new GrowingAnswers()
  wide.write(piece('GPT', 0, `x${'😀'.repeat(20)}`), now)
  const cut = plain(wide.take(now, { width: 12, rows: 1 })).join('')
  expect(cut).toContain('😀')
  expect(Buffer.from(cut).toString()).toBe(cut)
})

test('an output that only grows writes pieces as they come, and keeps two answers and a message apart', () => {
  const answers = new GrowingAnswers()
  let text = ''
  const output = new GrowingOutput(piece => (text += piece), answers, { colours: false, clock })
  const write = (id: string, offset: number, words: string) => {
    answers.write(piece(id, offset, words), now)
    output.changed()
  }
  write('GPT', 0, 'one ')
  expect(text).toBe('[09:05][GPT] (AI) one')
  write('GPT', 4, 'two')
  write('BOT', 0, 'other')
  output.print([['[09:05][bob] hi']])
  write('GPT', 7, ' three')
  finishAnswer({ output, answers, clock }, whole('BOT', 'other one'))
  finishAnswer({ output, answers, clock }, whole('GPT', 'one two three four'))
  write('GPT2', 0, 'half')
  dropAnswer({ output, answers, clock }, 'GPT2', 'It was interrupted.')
  expect(text.split('\n').map(line => line.trimEnd())).toEqual([
    '[09:05][GPT] (AI) one two',
    '[09:05][bob] hi',
    '[09:05][GPT …] three',
    '[09:05][BOT] (AI) other one',
    '[09:05][GPT …] four',
    '[09:05][GPT2] (AI) half',
    '  (It was interrupted.)',
    '',
  ])
})
