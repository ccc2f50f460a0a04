import { expect, test } from 'vitest'
import { BlockReader } from './blocks.ts'

const answer = `# Title

A paragraph with **bold** text
and a second line.

- one
- two

  still two

\`\`\`ts
const a = 1

const b = 2
\`\`\`

| a | b |
| - | - |
| 1 | 2 |

The end.`

const raws = (blocks: ReturnType<BlockReader['blocks']>) => blocks.map(block => block.token.raw.trim())

test('BlockReader reads a text that came in pieces like the whole text', () => {
  const growing = new BlockReader()
  for (let length = 1; length < answer.length; length += 3) growing.blocks(answer.slice(0, length), false)
  expect(raws(growing.blocks(answer, false))).toEqual(raws(new BlockReader().blocks(answer, true)))
})

test('BlockReader keeps finished blocks and leaves only the last one open', () => {
  const reader = new BlockReader()
  const first = reader.blocks('One.\n\nTwo', false)
  expect(first.map(block => block.finished)).toEqual([true, false])
  const second = reader.blocks('One.\n\nTwo and more', false)
  expect(second[0]).toBe(first[0])
  expect(second[1]?.token.raw).toBe('Two and more')
})

test('BlockReader keeps an unclosed fence open whatever is inside', () => {
  const blocks = new BlockReader().blocks('Look:\n\n```js\nlet a\n\n# not a title', false)
  expect(blocks.map(block => [block.token.type, block.finished])).toEqual([
    ['paragraph', true],
    ['code', false],
  ])
})

test('BlockReader starts over when the text is another one', () => {
  const reader = new BlockReader()
  reader.blocks('First version.\n\nMore', false)
  expect(raws(reader.blocks('Second', false))).toEqual(['Second'])
})

test('BlockReader resolves a definition at the end once the text is whole', () => {
  const [block] = new BlockReader().blocks('See [the page][p].\n\n[p]: https://example.org', true)
  expect(JSON.stringify(block?.token)).toContain('"type":"link"')
})
