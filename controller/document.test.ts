import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { DataFileError, StartError } from '../shared/process/start-error.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Document, type State } from './document.ts'
import { markDemo } from './document-identity.ts'

const withKey =
  (id: string) =>
  (state: State): State => ({
    ...state,
    credentials: {
      ...state.credentials,
      [id]: {
        provider: 'openai',
        value: 'sk-0123456789-abcd',
        origins: ['https://api.openai.com'],
        source: 'dashboard',
      },
    },
  })
const keys = (document: Document) => Object.keys(document.state.credentials)

test('document has what was changed when it is opened again', async () => {
  const path = join(scratchFolder(), 'below', 'controller.json')
  const document = await Document.open(path)
  await document.change(withKey('one'))
  expect(keys(await Document.open(path))).toEqual(['one'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('document runs changes one after another, each on what the one before left', async () => {
  const path = join(scratchFolder(), 'controller.json')
  const document = await Document.open(path)
  await Promise.all(['a', 'b', 'c'].map(id => document.change(withKey(id))))
  expect(keys(await Document.open(path))).toEqual(['a', 'b', 'c'])
})

test('document writes what comes while the disk works together, tells of each write once, and shows nothing before it is on disk', async () => {
  const document = await Document.open(join(scratchFolder(), 'controller.json'))
  const written: number[] = []
  document.onWritten((before, after) => {
    expect(document.state).toBe(after)
    written.push(Object.keys(after.credentials).length - Object.keys(before.credentials).length)
  })
  const first = document.change(withKey('first'))
  const later = first.then(() => Promise.all(['a', 'b', 'c'].map(id => document.change(withKey(id)))))
  expect(keys(document)).toEqual([])
  await later
  expect(written).toEqual([1, 3])
})

test('document writes a changed entry anew, and the others as they were', async () => {
  const path = join(scratchFolder(), 'controller.json')
  const document = await Document.open(path)
  for (const id of ['one', 'two', 'one']) await document.change(withKey(id))
  await document.change(state => {
    const { one, ...credentials } = state.credentials
    return one === undefined
      ? state
      : { ...state, credentials: { ...credentials, one: { ...one, value: 'changed-0001' } } }
  })
  const { credentials } = (await Document.open(path)).state
  expect([credentials['one']?.value, credentials['two']?.value]).toEqual(['changed-0001', 'sk-0123456789-abcd'])
})

test('document does not write a change that changes nothing', async () => {
  const path = join(scratchFolder(), 'controller.json')
  const document = await Document.open(path)
  await document.change(withKey('one'))
  rmSync(path)
  await document.change(state => state)
  expect(() => statSync(path)).toThrow()
})

test('document does not mind a torn temporary file of an earlier death', async () => {
  const path = join(scratchFolder(), 'controller.json')
  const document = await Document.open(path)
  await document.change(withKey('one'))
  writeFileSync(`${path}.tmp`, '{ "schema": 1, "prox')
  const again = await Document.open(path)
  expect(keys(again)).toEqual(['one'])
  await again.change(withKey('two'))
  expect(keys(await Document.open(path))).toEqual(['one', 'two'])
})

test('document that cannot be written rejects the change, stays as it was, and takes the next', async () => {
  const path = join(scratchFolder(), 'controller.json')
  const document = await Document.open(path)
  await document.change(withKey('one'))
  mkdirSync(`${path}.tmp`)
  await expect(document.change(withKey('two'))).rejects.toThrow()
  expect(keys(document)).toEqual(['one'])
  expect(keys(await Document.open(path))).toEqual(['one'])
  rmSync(`${path}.tmp`, { recursive: true })
  await document.change(withKey('three'))
  expect(keys(await Document.open(path))).toEqual(['one', 'three'])
})

test('document whose disk does not take it says why, refuses with 507, and is well again by itself', async () => {
  const path = join(scratchFolder(), 'controller.json')
  using document = await Document.open(path)
  await document.change(withKey('one'))
  expect(document.trouble).toBeUndefined()
  mkdirSync(`${path}.tmp`)
  const why = 'Cannot write controller.json: it is a folder, not a file (EISDIR). Name a file, or move the folder away'
  const failure = document.change(withKey('two'))
  await expect(failure).rejects.toMatchObject({
    status: 507,
    code: 'storage_failed',
    message: expect.stringContaining(why),
  })
  expect([document.trouble, document.failures]).toEqual([expect.stringContaining(why), 1])
  const told: State[] = []
  document.onWritten((_, after) => told.push(after))
  rmSync(`${path}.tmp`, { recursive: true })
  await vi.waitFor(() => expect(document.trouble).toBeUndefined(), { timeout: 20_000 })
  expect(told).toEqual([])
  expect(keys(await Document.open(path))).toEqual(['one'])
})

test('document that is asked for a change as soon as its disk is well is not waited for', async () => {
  const path = join(scratchFolder(), 'controller.json')
  using document = await Document.open(path)
  mkdirSync(`${path}.tmp`)
  await expect(document.change(withKey('one'))).rejects.toThrow('Cannot write')
  rmSync(`${path}.tmp`, { recursive: true })
  await document.change(withKey('two'))
  expect([document.trouble, keys(document)]).toEqual([undefined, ['two']])
})

test('document that would be too large is refused, what came with it is not, and it may become smaller', async () => {
  const path = join(scratchFolder(), 'controller.json')
  using document = await Document.open(path, { most: 3_000 })
  const large = (state: State): State => {
    const next = withKey('large')(state)
    const entry = next.credentials['large']
    return entry === undefined
      ? next
      : { ...next, credentials: { ...next.credentials, large: { ...entry, value: 'x'.repeat(5_000) } } }
  }
  const outcomes = await Promise.allSettled(
    [withKey('one'), large, withKey('two')].map(change => document.change(change)),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[1]).toMatchObject({ reason: { status: 507, code: 'document_full' } })
  expect([keys(document), document.trouble]).toEqual([['one', 'two'], undefined])
  expect(keys(await Document.open(path))).toEqual(['one', 'two'])
  using smaller = await Document.open(path, { most: 10 })
  await expect(smaller.change(withKey('three'))).rejects.toThrow('Cannot save')
  await smaller.change(state => ({ ...state, credentials: {} }))
  expect(keys(await Document.open(path))).toEqual([])
})

test('document goes on after a change that threw', async () => {
  const document = await Document.open(join(scratchFolder(), 'controller.json'))
  const failing = document.change(() => {
    throw new Error('on purpose')
  })
  const next = document.change(withKey('one'))
  await expect(failing).rejects.toThrow('on purpose')
  await next
  expect(keys(document)).toEqual(['one'])
})

test.each([
  ['is empty', '', 'not JSON'],
  ['is not UTF-8', Buffer.from('{"schema":1,\n"caf\xe9', 'latin1'), '0xE9 in line 2, column 5'],
  ['is UTF-16', Buffer.from('{"schema":1}', 'utf16le'), 'it is UTF-16'],
  ['is torn', '{"schema":1,"prox', 'not JSON'],
  ['is of another version', '{"schema":2,"proxies":{},"tables":{},"credentials":{}}', 'schema'],
  ['lacks a part', '{"schema":1,"proxies":{},"tables":{}}', 'credentials'],
  [
    'has a table without a version',
    '{"schema":1,"proxies":{},"tables":{"alice":{"name":"alice","history":[]}},"credentials":{}}',
    'tables.alice.history',
  ],
])('document that %s is refused with its path and the reason, and left as it is', async (_, content, reason) => {
  const path = join(scratchFolder(), 'controller.json')
  writeFileSync(path, content)
  const refusal = await Document.open(path).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DataFileError)
  expect(String(refusal)).toContain(path)
  expect(String(refusal)).toContain(reason)
  expect(readFileSync(path)).toEqual(Buffer.from(content))
})

test('document on a full disk rejects the change and keeps the last whole one', async () => {
  const folder = scratchFolder()
  const path = join(folder, 'controller.json')
  await (await Document.open(path)).change(withKey('one'))
  const script = `
    import { existsSync } from 'node:fs'
    import { Document } from ${JSON.stringify(join(import.meta.dirname, 'document.ts'))}
    const document = await Document.open(${JSON.stringify(path)})
    const value = 'x'.repeat(20_000)
    const change = state => ({ ...state, credentials: { big: { provider: 'openai', value, origins: [], source: 'dashboard' } } })
    process.stdout.write(await document.change(change).then(() => 'accepted', error => error.message))
    process.stdout.write(String(existsSync(${JSON.stringify(`${path}.tmp`)})))`
  writeFileSync(join(folder, 'change.mjs'), script)
  // A limit on the size of files cuts a write short as a full disk does.
  const command = `ulimit -f 8; exec "${process.execPath}" --import tsx "${join(folder, 'change.mjs')}"`
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: join(import.meta.dirname, '..') })
  // And the half of a document does not keep the place.
  expect(stdout).toBe(
    'Cannot write controller.json: the disk is full. Free some space; this process goes on by itself once it can.false',
  )
  expect(keys(await Document.open(path))).toEqual(['one'])
})

test.each([true, false])(
  'document of a first start with demo %s is refused to a start of the other kind',
  async demo => {
    const path = join(scratchFolder(), 'controller.json')
    const document = await Document.open(path)
    await document.change(state => markDemo(state, { demo, data: '/data' }))
    const again = await Document.open(path)
    const start = (kind: boolean) => again.change(state => markDemo(state, { demo: kind, data: '/data' }))
    await expect(start(!demo)).rejects.toThrow(StartError)
    await expect(start(!demo)).rejects.toThrow('the data in /data is')
    await start(demo)
    expect(again.state.demo).toBe(demo)
  },
)
