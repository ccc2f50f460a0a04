/** What of an answer comes in: no more than is kept, and nothing of the key, however its pieces part it. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { Secret } from '../../shared/process/secret.ts'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { ApiRoute } from '../../shared/protocol/route.ts'
import { AnswerDoor } from './answer-door.ts'
import type { AnswerEvent } from './provider.ts'
import { loadProvider } from './registry.ts'
import { answerTo, testCaller } from './testing/asking.ts'
import { beginStream, pieces, startRawServer } from './testing/raw-server.ts'
import { summaryOf } from './testing/stream-cases.ts'

const KEY = 'sk-secret-0123456789-abcdef'
const MIB = 1024 * 1024
const FULL = { kind: 'end', ending: 'length', detail: 'Overlay Chat keeps at most 1 MiB of an answer.' }

async function read(kind: ApiKind, frames: readonly string[], key?: string): Promise<AnswerEvent[]> {
  const route = ApiRoute.parse({ kind, baseUrl: 'http://127.0.0.1:9/v1', model: 'm' })
  const door = new AnswerDoor((await loadProvider(kind)).createReader(route), key === undefined ? key : new Secret(key))
  return [...frames.flatMap(data => door.read({ data })), ...door.finish()]
}

const FRAMES: Readonly<Record<ApiKind, (text: string) => object>> = {
  openai: content => ({ choices: [{ delta: { content } }] }),
  mistral: content => ({ choices: [{ delta: { content } }] }),
  anthropic: text => ({ type: 'content_block_delta', delta: { type: 'text_delta', text } }),
  gemini: text => ({ candidates: [{ content: { parts: [{ text }] } }] }),
}
const KINDS: readonly ApiKind[] = ['openai', 'anthropic', 'gemini', 'mistral']

test('an answer without end is kept up to 1 MiB, its provider is left at once, and the reader is told whose limit it was', async () => {
  let closed: Promise<unknown> | undefined
  const server = await startRawServer((_, response) => {
    beginStream(response)
    closed = once(response, 'close')
    const more = () => {
      while (!response.destroyed && response.write(pieces('x€'.repeat(1_000))));
    }
    response.on('drain', more)
    more()
  })
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  await closed
  expect(Buffer.byteLength(text)).toBe(MIB)
  expect(end).toEqual(FULL)
})

test.each(KINDS)(
  'of an answer of %s no more than 1 MiB of UTF-8 comes in, in pieces, and no half of a character',
  async kind => {
    const events = await read(kind, [JSON.stringify(FRAMES[kind](`x${'😀'.repeat(MIB)}`))])
    const { text, end } = summaryOf(events)
    expect(text).toBe(`x${'😀'.repeat(MIB / 4 - 1)}`)
    expect(end).toEqual(FULL)
    expect(Math.max(...events.map(event => (event.kind === 'text' ? event.text.length : 0)))).toBeLessThanOrEqual(
      16 * 1024,
    )
  },
)

test('an answer of 1 MiB comes in whole', async () => {
  const { text, end } = summaryOf(await read('mistral', [JSON.stringify(FRAMES.mistral('x'.repeat(MIB))), '[DONE]']))
  expect([text.length, end]).toEqual([MIB, { kind: 'end', ending: 'stop' }])
})

test('what an answer that is cut off has used is counted as far as it is told', async () => {
  const usage = { prompt_tokens: 7, completion_tokens: 9 }
  const frame = JSON.stringify({ ...FRAMES.openai('x'.repeat(MIB + 1)), usage })
  expect(summaryOf(await read('openai', [frame])).usage).toEqual({ input: 7, output: 9 })
})

test.each([1e308, -1, 0.5, 2 ** 53 - 1, 2 ** 40, '7'])(
  'a number of tokens that is none, such as %j, is not known',
  async count => {
    const frames: Readonly<Record<ApiKind, object>> = {
      openai: { choices: [], usage: { prompt_tokens: count, completion_tokens: 1 } },
      mistral: { choices: [], usage: { prompt_tokens: count, completion_tokens: 1 } },
      anthropic: { type: 'message_delta', usage: { input_tokens: count, cache_read_input_tokens: count } },
      gemini: { usageMetadata: { promptTokenCount: count, toolUsePromptTokenCount: count } },
    }
    for (const kind of KINDS) {
      const { usage } = summaryOf(await read(kind, [JSON.stringify(frames[kind])]))
      expect([undefined, { input: 0, output: 0 }], kind).toContainEqual(usage)
    }
  },
)

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

test.each(KINDS)('JSON of %s that nests or holds too much is none', async kind => {
  for (const odd of [nested(200_000), `[${'{},'.repeat(100_000)}{}]`]) {
    const server = await startRawServer((request, response) => {
      const type = request.url?.includes('whole') ? 'application/json' : 'text/event-stream'
      response.writeHead(200, { 'content-type': type })
      response.end(type === 'application/json' ? `[${odd}]` : `data: {"odd":${odd}}\n\n`)
    })
    for (const baseUrl of [server.origin, `${server.origin}/whole`]) {
      const { end } = await answerTo(testCaller(), { baseUrl, kind })
      expect(end).toMatchObject({ kind: 'error', failure: { code: 'broken_answer' } })
    }
  }
})

test('characters that steer are no part of an answer', async () => {
  const { text } = summaryOf(await read('openai', [JSON.stringify(FRAMES.openai('a\0\u001b[2J\u007f\tb\r\nc'))]))
  expect(text).toBe('a[2J\tb\r\nc')
})

const SPELLINGS: readonly (readonly [how: string, spelled: string])[] = [
  ['as it is', KEY],
  ['percent-encoded', [...KEY].map(one => `%${one.charCodeAt(0).toString(16)}`).join('')],
  ['percent-encoded in capitals', [...KEY].map(one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`).join('')],
  ['in hexadecimal', Buffer.from(KEY).toString('hex')],
  ['in capital hexadecimal', Buffer.from(KEY).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in base64 behind one character', Buffer.from(`:${KEY}`).toString('base64')],
  ['in base64 between others', Buffer.from(`u:${KEY}:pass`).toString('base64')],
  ['parted by characters that are not shown', [...KEY].join('\0')],
]
/** What tells most of the key: it is in every spelling but for its edges. */
const middleOf = (spelled: string): string => spelled.replaceAll('\0', '').slice(5, -5)

test.each(SPELLINGS)(
  'a key that a provider writes %s is in no piece of its answer, wherever it is parted',
  async (_, spelled) => {
    for (const kind of KINDS)
      for (let at = 0; at <= spelled.length; at++) {
        const texts = ['It is ', spelled.slice(0, at), spelled.slice(at), '.']
        const { text } = summaryOf(
          await read(
            kind,
            texts.map(one => JSON.stringify(FRAMES[kind](one))),
            KEY,
          ),
        )
        expect(text).not.toContain(middleOf(spelled))
        expect(text).toMatch(/^It is .*\[secret …cdef\].*\.$/)
      }
  },
)

const escaped = (text: string): string =>
  [...text].map(one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

test('a key that is written as escapes of JSON is in no answer, no error and no ending', async () => {
  const shown = [
    await read('openai', [`{"choices":[{"delta":{"content":"${escaped(KEY)}"}}]}`], KEY),
    await read('openai', [`{"error":{"message":"${'x'.repeat(290)}${escaped(KEY)}"}}`], KEY),
    await read(
      'openai',
      [`{"error":{"metadata":{"raw":"{\\"message\\":\\"${escaped(KEY).replaceAll('\\', '\\\\')}\\"}"}}}`],
      KEY,
    ),
    await read('mistral', [`{"choices":[{"delta":{"content":"a"},"finish_reason":"${escaped(KEY)}"}]}`], KEY),
    await read(
      'anthropic',
      [`{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"explanation":"${escaped(KEY)}"}}}`],
      KEY,
    ),
  ]
  for (const events of shown) {
    expect(JSON.stringify(events)).toContain('[secret …c')
    expect(JSON.stringify(events)).not.toContain(KEY.slice(0, 9))
  }
})

test('the larger part of a key at the end of an answer is not shown either, and a smaller one is', async () => {
  const frames = (text: string) => [JSON.stringify(FRAMES.openai(text)), '[DONE]']
  expect(summaryOf(await read('openai', frames(`It is ${KEY.slice(0, -1)}`), KEY)).text).toBe('It is [secret …cdef]')
  expect(summaryOf(await read('openai', frames('Keys begin with sk-'), KEY)).text).toBe('Keys begin with sk-')
})

test('a word that serves as a key is left in an answer', async () => {
  expect(summaryOf(await read('openai', [JSON.stringify(FRAMES.openai('I run on ollama.'))], 'ollama')).text).toBe(
    'I run on ollama.',
  )
})
