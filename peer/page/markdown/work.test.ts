/** However hostile a text is, reading it takes a bounded number of steps; it is counted, for a machine may be slow. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Token } from 'marked'
import { expect, test, vi } from 'vitest'
import { BlockReader } from './blocks.ts'
import { isPlain, readMarkdown } from './reading.ts'
import { PATIENT_WORK, USUAL_WORK, Work } from './work.ts'

/** What reading takes in all: every step goes through here. */
function stepsOf(read: () => void): number {
  let steps = 0
  const { spend } = Work.prototype
  const counting = vi.spyOn(Work.prototype, 'spend').mockImplementation(function (this: Work, more) {
    steps += more
    spend.call(this, more)
  })
  read()
  counting.mockRestore()
  return steps
}

const raws = (tokens: readonly Token[]): string => tokens.map(({ raw }) => raw).join('')
const hasPlain = (tokens: readonly Token[]): boolean => tokens.some(token => isPlain(token) && token.isCostly)
const types = (text: string): string[] => readMarkdown(text, true).map(({ type }) => type)

const UNITS =
  '_ * ~ ` [ ] ( ) < > ! # | : \\ & __ ** ~~ a 1 é … . @ - / = + " { $ http:// www. <!-- --> ]( ]: ``` '.split(' ')
const MORE = ['__a_ ', '***a** ', '\n', '\n\n', ' ', '\t', '    ', '- a\n  ', '|a|\n|-|\n', '```\n', '> ']

test('100 seeded hostile texts of 64 KiB take no more steps than are allowed, twice, and keep every character', () => {
  let state = 1
  const below = (limit: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const pool = [...UNITS.map(unit => unit || ' '), ...MORE]
  for (let round = 0; round < 100; round++) {
    const unit = Array.from({ length: 1 + below(4) }, () => pool[below(pool.length)] ?? '').join('')
    const text = unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536)
    let tokens: readonly Token[] = []
    const steps = stepsOf(() => {
      tokens = readMarkdown(text, true)
    })
    expect(steps, JSON.stringify(unit)).toBeLessThan(4 * USUAL_WORK.all)
    expect(raws(tokens).length, JSON.stringify(unit)).toBeGreaterThanOrEqual(text.trim().length)
  }
})

test('one block that would cost too much is plain, and the others are formatted', () => {
  const tokens = readMarkdown(`# Title\n\n${'__a_ '.repeat(3_000)}\n\nSome **words**.\n`, true)
  expect(tokens.map(({ type }) => type)).toEqual([
    'heading',
    'space',
    'plain',
    'plain',
    'plain',
    'plain',
    'space',
    'paragraph',
  ])
  expect(JSON.stringify(tokens.at(-1))).toContain('"type":"strong"')
})

test('a text that costs too much is formatted where its reader asks for it', () => {
  const text = '__a_ '.repeat(3_000)
  expect(hasPlain(readMarkdown(text, true))).toBe(true)
  expect(hasPlain(readMarkdown(text, true, PATIENT_WORK))).toBe(false)
})

test('ordinary texts are formatted whole: the documents of this repository', () => {
  const docs = join(import.meta.dirname, '../../../docs')
  for (const file of readdirSync(docs).filter(name => name.endsWith('.md')))
    expect(hasPlain(readMarkdown(readFileSync(join(docs, file), 'utf8'), true)), file).toBe(false)
})

test('64 KiB of paragraphs and of code, and lists of 16 KiB, are formatted whole', () => {
  const paragraph = `${'Some *words* with `code` and a [link](https://example.org). '.repeat(8)}\n\n`
  const item = '- an item with **words**, as long as items are, more or less\n'
  expect(types(paragraph.repeat(Math.floor(65_536 / paragraph.length)))).not.toContain('plain')
  expect(types(`${item.repeat(Math.floor(16_000 / item.length))}\n`.repeat(4))).not.toContain('plain')
  expect(types(`\`\`\`js\n${'let a = 1\n\n'.repeat(5_000)}\`\`\`\n`)).toEqual(['code'])
})

test('what is beyond 64 KiB of an answer is plain, in blocks of a few lines', () => {
  const text = 'A line of an answer.\n\n'.repeat(50_000).slice(0, 1024 * 1024)
  const tokens = readMarkdown(text, true)
  expect(raws(tokens)).toBe(text)
  expect(Math.max(...tokens.filter(isPlain).map(({ raw }) => raw.length))).toBeLessThanOrEqual(4_096)
})

test('an answer of 1 MiB that grows in small pieces is read in steps that grow as it does', () => {
  for (const line of ['word ', 'word\n', '```\n']) {
    const whole =
      (line === '```\n' ? '```js\n' : '') +
      line
        .replace('```', 'code')
        .repeat(1024 * 1024)
        .slice(0, 1024 * 1024)
    const reader = new BlockReader()
    let read = 0
    let last: readonly unknown[] = []
    for (let end = 0; end < whole.length; end += 256) {
      const blocks = reader.blocks(whole.slice(0, end), false)
      if (blocks !== last) read++
      last = blocks
    }
    expect(read).toBeLessThan(2_500)
  }
})
