import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { asMarkdown, readWhole } from './export.ts'

const record = (id: string): MessageRecord => ({
  id,
  sender: 'bob',
  destination: 'alice',
  message: `text ${id}`,
  timestamp: '2025-11-21T09:00:00.000Z',
  type: 'chat',
  metadata: {},
  conversation: 'bob',
  state: 'received',
})

test('readWhole joins all pages in the order in which things were said', async () => {
  const pages = new Map([
    [undefined, { messages: [record('c'), record('d')], before: '3' }],
    ['3', { messages: [record('a'), record('b')], before: null }],
  ])
  const history = async (_: string, page: { before?: string }) =>
    pages.get(page.before) ?? { messages: [], before: null }
  expect((await readWhole('bob', history)).map(one => one.id)).toEqual(['a', 'b', 'c', 'd'])
})

test('asMarkdown keeps every text as it was written', () => {
  const text = asMarkdown('bob', [record('a'), record('b')], name => `${name}!`)
  expect(text).toMatch(/^# Conversation with bob!\n\n## bob!, .+\n\ntext a\n\n## bob!, .+\n\ntext b\n$/)
})
