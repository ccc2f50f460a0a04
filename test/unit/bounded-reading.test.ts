/** Every body and stream of another process is read in one place, up to a bound: read from the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDERS = ['config', 'controller', 'peer', 'proxy', 'shared']

/** Whatever reads a body whole, or keeps pieces without counting them. */
const UNBOUNDED =
  /\bBuffer\.concat\(|\.(?:arrayBuffer|blob|formData|bytes)\(\)|(?<!\bc)\.(?:text|json)\(\)|\bcreateParser\(|\bsetEncoding\(|\bfor await .*\+= /

/** Where that is bounded, and by what. */
const BOUNDED: Readonly<Record<string, string>> = {
  'shared/process/bounded-body.ts': 'the bound itself',
  'shared/process/api.ts': 'a body that announces its length was judged by that',
  'shared/process/open-file.ts': 'the size that a file of its kind may have',
  'shared/process/event-source.ts': 'a frame is counted as it comes',
  'shared/process/spellings.ts': 'a key of bounded length',
  'shared/process/store-check.ts': 'our own check of a store, one verdict',
  'shared/page/request.ts': 'a page asks the process that served it',
  'proxy/providers/event-stream.ts': 'an event is counted as it comes',
  'proxy/providers/exchange.ts': 'the beginning of an answer',
  'peer/terminal/prompt-streams.ts': 'the person’s own keys',
  'peer/terminal/input-lines.ts': 'the person’s own input, a line at a time',
}

const sources = [
  ...FOLDERS.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  ),
  'startup.ts',
].filter(file => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$|\/testing\//.test(file))

/** The lines that read without a bound, comments aside. */
const unboundedIn = (text: string): string[] =>
  text.split('\n').filter(line => !/^\s*(?:\*|\/[/*])/.test(line) && UNBOUNDED.test(line))

test.each([
  'const body = await reply.text()',
  'Buffer.concat(chunks)',
  "reply.setEncoding('utf8')",
  'for await (const piece of reply) text += piece',
  'await response.json()',
  'const parser = createParser({ onEvent })',
])('%s is found', line => {
  expect(unboundedIn(line)).toEqual([line])
})

test('no source reads the body or stream of another process whole but through the bounded reader', () => {
  expect(sources.length).toBeGreaterThan(100)
  const found = sources.filter(file => unboundedIn(readFileSync(join(ROOT, file), 'utf8')).length > 0)
  expect(found.filter(file => !(file in BOUNDED))).toEqual([])
})
