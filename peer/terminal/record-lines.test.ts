import { expect, test } from 'vitest'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { paint, styled } from './line.ts'
import { inOrder } from './looking-back.ts'
import { recordLines } from './record-lines.ts'
import { isTypeable, visible } from './visible.ts'

const now = new Date(2026, 10, 22, 18, 0)
const at = (hours: number, day = 22) => new Date(2026, 10, day, hours, 5).toISOString()
const record = (changes: Partial<MessageRecord> = {}): MessageRecord => ({
  id: '01a2022d-15ec-719c-9da5-4f9a43c021c7',
  sender: 'bob',
  destination: 'alice',
  message: 'hello',
  timestamp: at(9),
  type: 'chat',
  metadata: {},
  conversation: 'bob',
  state: 'received',
  ...changes,
})
const shown = (changes: Partial<MessageRecord>, stored = false) =>
  recordLines(record(changes), { me: 'alice', now }, { stored }).map(line => paint(line, false))

test('a message is shown with time and sender, an older one with its day, an unseen one as stored', () => {
  expect(shown({})).toEqual(['[09:05][bob] hello'])
  expect(shown({ timestamp: at(9, 21) })).toEqual(['[2026-11-21 09:05][bob] hello'])
  expect(shown({}, true)).toEqual(['[Stored] [09:05][bob] hello'])
  expect(shown({ sender: 'alice', state: 'read' })).toEqual(['[09:05][alice → bob] hello'])
})

test('a message of several lines is indented, whichever line ends it has', () => {
  expect(shown({ message: 'one\r\ntwo\n\nthree' })).toEqual(['[09:05][bob] one', '  two', '  ', '  three'])
})

test.each<[Partial<MessageRecord>, string[]]>([
  [{ metadata: { autoReply: true } }, ['[09:05][bob] (automatic) hello']],
  [{ metadata: { model: 'm', autoReply: true, demo: true } }, ['[09:05][bob] (AI, demonstration) hello']],
  [{ type: 'notification' }, ['[09:05][bob] (notice) hello']],
  [
    { type: 'notification', metadata: { autoReply: true, error: { code: 'x', retryable: true } } },
    ['[09:05][bob] (failure) hello'],
  ],
  [{ metadata: { ending: 'cancelled' } }, ['[09:05][bob] hello', '  (Stopped.)']],
  [
    { sender: 'alice', state: 'failed', reason: 'Nobody took it.' },
    ['[09:05][alice → bob] hello', '  (failed: Nobody took it.)'],
  ],
])('a message says in brief what it is: %j', (changes, lines) => {
  expect(shown(changes)).toEqual(lines)
})

test('what steers a terminal is shown, wherever it stands', () => {
  expect(visible('a\x1b[2J\x07\x7f\u009b1m\u202e\r\n\tb')).toBe('a\\u001b[2J\\u0007\\u007f\\u009b1m\\u202e\\r\\n    b')
  expect(visible('漢字 é 👩‍👩‍👧 \u200fעברית')).toBe('漢字 é 👩‍👩‍👧 \u200fעברית')
  expect(paint([styled('sender', '\x1b]0;x\x07')], true)).toBe('\x1b[36m\\u001b]0;x\\u0007\x1b[0m')
  expect([isTypeable('plain'), isTypeable('two\nlines')]).toEqual([true, false])
})

test('unseen messages of several conversations are in the order of time, and never against that of a conversation', () => {
  const of = (message: string, hours: number) => record({ message, timestamp: at(hours) })
  const ordered = inOrder([
    [of('b1', 9), of('b2', 7), of('b3', 11)],
    [of('c1', 8), of('c2', 10)],
  ])
  expect(ordered.map(({ message }) => message)).toEqual(['c1', 'b1', 'b2', 'c2', 'b3'])
})
