/** Reading a chat history of the Python overlay: what each document becomes, and what is refused. */
import { expect, test } from 'vitest'
import { MESSAGE_BYTES } from '../../shared/protocol/message.ts'
import { messagesOf } from './imported.ts'
import { documentsOf } from './python-history.ts'

const FILE = 'chat_history_alice.json'
const AT = '2025-03-01T12:30:00Z'
const document = (more: object = {}) => ({ peer_id: 'bob', sender: 'bob', message: 'hi', timestamp: AT, ...more })
const tables = (...documents: object[]) => ({
  _default: Object.fromEntries(documents.map((one, index) => [String(index + 1), one])),
})
const read = (content: unknown) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return messagesOf(documentsOf(text, FILE), { file: FILE, owner: 'alice', known: ['Bob', 'GPT'] })
}
const readAll = (...documents: object[]) => read(tables(...documents)).messages
const failing = (content: unknown) => () => read(content)

test('what somebody wrote comes from them, what the owner wrote goes to them; fields that are not known do not matter', () => {
  const [theirs, mine] = readAll(
    document({ auto_reply: 1, mood: 'good' }),
    document({ sender: 'Alice', status: 'delivered', auto_reply: false }),
  )
  expect(theirs).toMatchObject({
    conversation: 'Bob',
    outgoing: false,
    failure: undefined,
    message: { sender: 'Bob', destination: 'alice', message: 'hi', type: 'chat', metadata: { autoReply: true } },
  })
  expect(mine).toMatchObject({ outgoing: true, message: { sender: 'alice', destination: 'Bob', metadata: {} } })
  expect(mine?.message.timestamp).toBe('2025-03-01T12:30:00.000Z')
})

test.each(['me', 'Self', ' you ', 'ALICE'])('"%s" is the owner', sender => {
  expect(readAll(document({ sender }))[0]?.outgoing).toBe(true)
})

test('a document under the name of the owner belongs to the one who wrote it; one to oneself is left out', () => {
  const { messages, notes } = read(tables(document({ peer_id: 'alice' }), document({ peer_id: 'alice', sender: 'me' })))
  expect(messages).toMatchObject([{ conversation: 'Bob', outgoing: false }])
  expect(notes.toOneself).toBe(1)
})

test('own messages that never left are failed with the reason; unknown statuses are counted, and count as delivered', () => {
  const own = (status: string | null) => document({ sender: 'alice', status })
  const { messages, notes } = read(
    tables(own('pending'), own('Queued'), own('FAILED'), own('sent'), own('read'), own(null), own('foo'), own('Foo')),
  )
  expect(messages.map(({ failure }) => failure !== undefined)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
  expect(messages[0]?.failure).toBe('It had not left the Python overlay (pending). Retry sends it from here.')
  expect([...notes.statuses]).toEqual([['foo', 2]])
  expect(readAll(document({ status: 'pending' }))[0]?.failure).toBeUndefined()
})

test('empty texts are left out and counted, long ones cut, and what no store can hold is replaced', () => {
  const long = 'é'.repeat(MESSAGE_BYTES)
  const { messages, notes } = read(
    tables(document({ message: ' \n' }), document({ message: long }), document({ message: 'a\0b\ud83d' })),
  )
  expect([notes.empty, notes.cut]).toEqual([1, 1])
  expect(messages[0]?.message.message).toHaveLength(MESSAGE_BYTES / 2)
  expect(messages[0]?.message.metadata).toMatchObject({ ending: 'length' })
  expect(messages[1]?.message.message).toBe('a b\ufffd')
})

test('a name with spaces becomes one with underscores, which is noted', () => {
  const { messages, notes } = read(tables(document({ peer_id: 'John  Doe', sender: 'John  Doe' })))
  expect(messages[0]?.conversation).toBe('John_Doe')
  expect([...notes.renamed]).toEqual([['John  Doe', 'John_Doe']])
})

test('ids are the same each time, in a file that has grown too, and those of repeated messages differ', () => {
  const first = readAll(document(), document(), document({ sender: 'alice' }))
  const grown = readAll(document(), document(), document({ sender: 'alice' }), document(), document({ message: 'new' }))
  const ids = grown.map(({ message }) => message.id)
  expect(new Set(ids).size).toBe(5)
  expect(first.map(({ message }) => message.id)).toEqual(ids.slice(0, 3))
  const [ofBob] = messagesOf(documentsOf(JSON.stringify(tables(document())), FILE), {
    ...{ file: FILE, owner: 'carol', known: [] },
  }).messages
  expect(ofBob?.message.id).not.toBe(ids[0])
})

test('all tables are read; a file in which nothing was written yet has no messages', () => {
  expect(read({ _default: { 1: document() }, old: { 7: document({ message: 'older' }) } }).messages).toHaveLength(2)
  expect(read('').messages).toEqual([])
  expect(read({}).messages).toEqual([])
})

test.each([
  [
    'no JSON',
    '{"_default": {',
    /^Cannot import chat_history_alice\.json: it is not JSON \(.*\)\. Nothing was imported\.$/,
  ],
  ['a list', [document()], /: must be tables by their names, as TinyDB writes them\. Nothing/],
  ['a table that is none', { _default: [document()] }, /: _default must be a table of numbered documents\. Nothing/],
  [
    'a document without a field',
    tables(document(), { peer_id: 'bob' }),
    /: document 2: sender must be a text\. Nothing/,
  ],
  [
    'another table',
    { old: { 7: document({ message: 5 }) } },
    /: document 7 of the table old: message must be a text\./,
  ],
  ['a time that is none', tables(document({ timestamp: 'soon' })), /: document 1: timestamp must be a time such as/],
  [
    'a mark that is none',
    tables(document({ auto_reply: 'maybe' })),
    /: document 1: auto_reply must be true or false\./,
  ],
  ['a name that is none', tables(document({ peer_id: 'a/b' })), /: document 1: "a\/b" cannot be a name here/],
])('%s is refused with its place, and nothing is imported', (_, content, words) => {
  expect(failing(content)).toThrow(words)
})
