import type { Token } from 'marked'
import { expect, test } from 'vitest'
import { readMarkdown } from './reading.ts'
import { PATIENT_WORK } from './work.ts'

const inside = (token: Token): readonly Token[] => [
  ...('tokens' in token ? (token.tokens ?? []) : []),
  ...('items' in token ? token.items : []),
]

/** All tokens, each before those inside it. */
const everyToken = (tokens: readonly Token[]): Token[] => tokens.flatMap(token => [token, ...everyToken(inside(token))])

const types = (text: string) => everyToken(readMarkdown(text, true)).map(token => token.type)
const links = (text: string) =>
  everyToken(readMarkdown(text, true)).flatMap(token => (token.type === 'link' ? [token['href']] : []))

function depthOf(tokens: readonly Token[]): number {
  let [depth, level] = [0, [...tokens]]
  while (level.length > 0) {
    depth += 1
    level = level.flatMap(inside)
  }
  return depth
}

test('readMarkdown formats a list without blank lines that is longer than a part may be', () => {
  const items = Array.from({ length: 300 }, (_, n) => `- item ${n}: **bold** ${'and more words '.repeat(4)}\n`)
  const tokens = readMarkdown(items.join(''), true)
  expect(new Set(tokens.map(({ type }) => type))).toEqual(new Set(['list', 'space']))
  expect(everyToken(tokens).filter(({ type }) => type === 'strong')).toHaveLength(300)
})

test('readMarkdown strikes out with two tildes only', () => {
  expect(types('about ~5 to ~10 minutes')).not.toContain('del')
  expect(types('~gone~')).not.toContain('del')
  expect(types('~~gone~~')).toContain('del')
})

test('readMarkdown takes signs of sums and names for what they are', () => {
  for (const text of ['2*3*4', '2**3**4', 'f(a)*b*c', 'a*b*c', 'call __init__ first', 'obj.__dict__.x'])
    expect(types(text).filter(type => type === 'em' || type === 'strong')).toEqual([])
  for (const text of ['*a*', '(*a*)', '中文*强调*中文', '_a_']) expect(types(text)).toContain('em')
  for (const text of ['**a**', '__Two words__', '中文**强调**中文']) expect(types(text)).toContain('strong')
})

test('readMarkdown ends an address before the sign that follows it in any script', () => {
  for (const sign of ['，然后', '。', '」と', '（见）', '؟', '،', '…', '”', '！'])
    expect(links(`see https://example.com/x${sign} more`)).toEqual(['https://example.com/x'])
  expect(links('https://zh.wikipedia.org/wiki/维基百科')).toEqual(['https://zh.wikipedia.org/wiki/维基百科'])
  expect(links('www.example.com，然后')).toEqual(['http://www.example.com'])
})

const nested = '```md\n# Title\n```js\nlet a\n```\nThe rest\n```'

test('readMarkdown keeps a fence for Markdown whole with the fences inside it, also while it grows', () => {
  const [code, ...rest] = readMarkdown(`${nested}\n\nAfter`, true)
  expect(code).toMatchObject({ type: 'code', lang: 'md', text: '# Title\n```js\nlet a\n```\nThe rest' })
  expect(rest.map(token => token.type)).toEqual(['space', 'paragraph'])
  for (let length = '```md\n'.length; length <= nested.length; length += 1)
    expect(readMarkdown(nested.slice(0, length), false).map(token => token.type)).toEqual(['code'])
})

test('readMarkdown closes a fence as ever where those inside do not pair, and for program code', () => {
  expect(types('```md\n```js\n```\n\nThe end')).toEqual(['code', 'space', 'paragraph', 'text'])
  expect(types('```sh\n```js\n```\n\nThe end\n```\n')).toEqual(['code', 'space', 'paragraph', 'text', 'code'])
})

test('readMarkdown takes for a definition only what leads somewhere', () => {
  expect(types('[Ann]: hello')).not.toContain('def')
  expect(types('[1]: https://example.com')).toContain('def')
})

test('readMarkdown bounds every nesting, and reads what is deeper as the signs that it is', () => {
  const hostile = [
    '>'.repeat(2_000),
    '> '.repeat(2_000),
    `${'- '.repeat(500)}x`,
    `${'1. '.repeat(500)}x`,
    `${'> - '.repeat(500)}x`,
    `${'*a _b '.repeat(300)}${'_ *'.repeat(300)}`,
    `${'~~a **b '.repeat(60)}${'** ~~'.repeat(60)}`,
    `${'['.repeat(300)}x${'](https://a.example)'.repeat(300)}`,
    `${'!['.repeat(300)}x${'](https://a.example)'.repeat(300)}`,
    Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'),
  ]
  for (const text of hostile) {
    for (const whole of [true, false]) {
      const tokens = readMarkdown(text, whole, PATIENT_WORK)
      expect(depthOf(tokens)).toBeLessThanOrEqual(120)
      expect(
        tokens
          .map(token => token.raw)
          .join('')
          .trim(),
      ).toBe(text.trim())
      expect(tokens.map(token => token.type)).not.toContain('plain')
    }
  }
})
