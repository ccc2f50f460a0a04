/** The chat history of a Python overlay, read into a peer between two lives of an overlay. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { Conversations, HistoryPage, SearchHits } from '../../shared/protocol/peer-api.ts'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, persons, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
const config = writeConfig(folder, persons('behrooz', 'alice', 'bob'))
const FILE = join(folder, 'chat_history_alice.json')

const day = (hour: number, more: object = {}) => ({
  peer_id: 'bob',
  sender: hour % 2 === 0 ? 'alice' : 'bob',
  message: `at ${hour}`,
  status: 'delivered',
  timestamp: `2024-05-01T${String(hour).padStart(2, '0')}:00:00.123456`,
  auto_reply: false,
  ...more,
})

function write(documents: readonly object[], file = FILE): string {
  writeFileSync(file, JSON.stringify({ _default: Object.fromEntries(documents.map((one, n) => [n + 1, one])) }))
  return file
}

async function importing(file: string, ...flags: string[]): Promise<{ code: number | null; output: string }> {
  const args = ['--import', 'tsx', 'startup.ts', 'import', file, '--data', data, '--config', config, ...flags]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, output }
}

const start = async () => Overlay.start({ args: ['--config', config], data, base: await freeBase() })
const pageOf = async (overlay: Overlay, query: string) =>
  HistoryPage.parse((await call('GET', `${overlay.peer(1)}/api/conversations/bob/messages?${query}`)).body)
const textsOf = async (overlay: Overlay) => (await pageOf(overlay, 'limit=200')).messages.map(({ message }) => message)
const search = async (overlay: Overlay, words: string) =>
  SearchHits.parse((await call('GET', `${overlay.peer(1)}/api/search?q=${words}`)).body).map(({ message }) => message)

const hours = [8, 9, 10, 11].map(hour => day(hour))

test('an import is refused while the overlay runs', async () => {
  await using overlay = await start()
  using alice = await PeerClient.connect(overlay.peer(1))
  await alice.send('bob', 'of the new overlay')
  await alice.message(({ message }) => message === 'of the new overlay')
  const { code, output } = await importing(write(hours))
  expect([code, output]).toEqual([
    78,
    expect.stringMatching(/^Cannot import: an overlay with the data in .* is running/),
  ])
})

test('a broken file is refused with its place, and leaves everything as it was', async () => {
  const file = write([...hours, { ...day(12), timestamp: 'noon' }], join(folder, 'chat_history_ALICE.json'))
  const { code, output } = await importing(file)
  expect(code).toBe(78)
  expect(output).toContain(`Cannot import ${file}: document 5: timestamp must be a time`)
  await using overlay = await start()
  expect(await textsOf(overlay)).toEqual(['of the new overlay'])
})

test('a file that is not UTF-8 is refused with its place, and nothing of it is kept', async () => {
  const file = join(folder, 'chat_history_ALICE.json')
  writeFileSync(
    file,
    Buffer.from(JSON.stringify({ _default: { 1: day(12, { message: 'caf\xe9' }) } }, null, 1), 'latin1'),
  )
  expect(await importing(file)).toEqual({
    code: 78,
    output: `Cannot import ${file}: it is not UTF-8: the byte 0xE9 in line 6, column 19 belongs to no character. Save it as UTF-8. Nothing was imported.\n`,
  })
  writeFileSync(file, Buffer.from(JSON.stringify({ _default: {} }), 'utf16le'))
  expect((await importing(file)).output).toContain('it is UTF-16, not UTF-8. Save it as UTF-8. Nothing was imported.')
})

test.each([
  [join(folder, 'history.json'), [], /Name the person with --into NAME\. Known: behrooz, alice, bob\./],
  [join(folder, 'chat_history_joe.json'), [], /into "joe": .* Choose one with --into NAME\. Known: behrooz/],
  [FILE, ['--into', 'joe'], /into "joe": the configuration has no person or assistant of that name\. Known/],
  [join(folder, 'chat_history_bob.json'), [], /there is no such file\. Nothing was imported\./],
])('import of %s with %o is refused in words', async (file, flags, words) => {
  const { code, output } = await importing(file, ...flags)
  expect([code, output]).toEqual([78, expect.stringMatching(words)])
  expect(existsSync(join(data, 'overlay.pid'))).toBe(false)
})

test('an imported history stands before the new one, is read, is found, and pages go over all of it', async () => {
  const file = write([...hours, day(7, { message: '' })])
  writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8')}\r\n`)
  const { code, output } = await importing(file)
  expect(output).toMatch(/^reading .*chat_history_alice\.json \(0\.0 MB\)\n/)
  expect(output).toContain('Imported 4 messages of 1 conversation into alice (bob 4); 1 empty one was left out.')
  expect(code).toBe(0)
  await using overlay = await start()
  expect(await textsOf(overlay)).toEqual(['at 8', 'at 9', 'at 10', 'at 11', 'of the new overlay'])
  const newest = await pageOf(overlay, 'limit=2')
  const before = await pageOf(overlay, `limit=2&before=${newest.before}`)
  expect(before.messages).toMatchObject([
    { message: 'at 9', sender: 'bob', state: 'read' },
    {
      message: 'at 10',
      sender: 'alice',
      state: 'received',
      timestamp: new Date('2024-05-01T10:00:00.123').toISOString(),
    },
  ])
  expect(await search(overlay, 'at')).toEqual(['at 11', 'at 10', 'at 9', 'at 8'])
  const rows = Conversations.parse((await call('GET', `${overlay.peer(1)}/api/conversations`)).body)
  expect(rows).toMatchObject([{ peer: 'bob', unread: 0, last: { message: 'of the new overlay' } }])
})

test('a second import adds nothing, and one of a file that has grown what is new; what never left can be sent again', async () => {
  expect((await importing(write(hours))).output).toContain('Imported nothing new into alice; 4 were there already.')
  const never = day(14, { status: 'pending', message: 'never left' })
  const later = write([...hours, day(13), never], join(folder, 'another.json'))
  const { output } = await importing(later, '--into', 'Alice')
  expect(output).toContain('Imported 2 messages of 1 conversation into alice (bob 2); 4 were there already.')
  expect(output).toContain("1 of one's own never left: shown as failed, to be sent again with Retry.")
  await using overlay = await start()
  expect(await textsOf(overlay)).toEqual([
    'at 8',
    'at 9',
    'at 10',
    'at 11',
    'at 13',
    'never left',
    'of the new overlay',
  ])
  const failed = (await pageOf(overlay, 'limit=200')).messages.find(({ state }) => state === 'failed')
  expect(failed).toMatchObject({ message: 'never left', reason: expect.stringContaining('(pending)') })
  using bob = await PeerClient.connect(overlay.peer(2))
  expect((await call('POST', `${overlay.peer(1)}/api/messages/${failed?.id}/retry`)).status).toBe(202)
  expect(await bob.message(({ message }) => message === 'never left')).toMatchObject({
    id: failed?.id,
    sender: 'alice',
  })
})

/** The process that reads a history, once it is there. */
function readerOf(history: string): number | undefined {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  const line = lines.find(text => text.includes('import-main.ts') && text.includes(history))
  return line === undefined ? undefined : Number.parseInt(line, 10)
}

test('an import has the data for itself until it ends, and a signal to it ends it whole', async () => {
  const history = join(temporaryFolder(), 'chat_history_alice.json')
  // Large enough that its process is found, and stopped, before it has read it.
  write(
    Array.from({ length: 20_000 }, (_, n) => day(9, { message: `number ${n}` })),
    history,
  )
  await using running = await Overlay.launch({ data, args: ['import', history, '--config', config] })
  let reader = readerOf(history)
  for (; reader === undefined; reader = readerOf(history)) await sleep(20)
  process.kill(reader, 'SIGSTOP')
  expect(existsSync(join(data, 'overlay.pid'))).toBe(true)
  for (const command of ['start', 'stop', 'status']) {
    const other = await Overlay.launch({ data, args: [command, '--config', config] })
    expect([command, await other.exited, other.output]).toEqual([
      command,
      78,
      expect.stringContaining(`process ${running.launcherPid}`),
    ])
  }
  running.signal('SIGTERM')
  process.kill(reader, 'SIGCONT')
  await running.exited
  expect(running.output).toContain('The import was ended by SIGTERM')
  expect(existsSync(join(data, 'overlay.pid'))).toBe(false)
  expect(execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })).not.toContain(history)
})
