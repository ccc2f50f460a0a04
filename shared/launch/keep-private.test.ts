import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { writeLauncherFile } from './control-file.ts'
import { keepPrivate } from './keep-private.ts'
import { lockData } from './lock.ts'
import { LogFile } from './log-file.ts'

const OURS = [
  ...['alice/peer.db', 'alice/peer.db-wal', 'alice/peer.db-shm', 'alice/removed.json', 'controller/controller.json'],
  ...['logs/startup.log', 'logs/startup.log.1', 'overlay.key', 'persons.json', 'launcher.json', 'proxy-alice.part.pid'],
]
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** As a version before, or somebody with another mask, left it. */
function wideData(...more: string[]): string {
  const data = join(scratchFolder(), 'data')
  for (const file of [...OURS, ...more]) {
    mkdirSync(dirname(join(data, file)), { recursive: true })
    writeFileSync(join(data, file), '')
    chmodSync(join(data, file), 0o664)
    chmodSync(dirname(join(data, file)), 0o775)
  }
  return data
}

test('what of the data other accounts could read is for this account alone, and that is said once', () => {
  const data = wideData()
  expect(keepPrivate(data)).toEqual([
    expect.stringMatching(
      /^other accounts could read or change what is in .*data, and cannot now: the folder itself, .* and 10 more$/,
    ),
  ])
  for (const file of OURS) {
    expect([file, modeOf(join(data, file))]).toEqual([file, '600'])
    expect(modeOf(dirname(join(data, file)))).toBe('700')
  }
  expect(keepPrivate(data)).toEqual([])
})

test('what somebody else keeps in the folder of the data stays as it is, and so does the folder', () => {
  const data = wideData('notes/today.txt', 'alice/picture.png')
  const [mended, others] = keepPrivate(data)
  expect(mended).not.toContain('the folder itself')
  expect(others).toMatch(/^other accounts may put files into .*data: take that right from them/)
  expect(modeOf(data)).toBe('775')
  for (const file of ['notes/today.txt', 'alice/picture.png']) expect(modeOf(join(data, file))).toBe('664')
  expect(modeOf(join(data, 'notes'))).toBe('775')
})

test('what a link in the data leads to stays as it is', () => {
  const data = wideData()
  const elsewhere = join(scratchFolder(), 'file')
  writeFileSync(elsewhere, '')
  chmodSync(elsewhere, 0o644)
  symlinkSync(elsewhere, join(data, 'alice', 'service.db'))
  symlinkSync(dirname(elsewhere), join(data, 'bob'))
  keepPrivate(data)
  expect(modeOf(elsewhere)).toBe('644')
})

const GONE = '999999999'
test.each([
  ['an empty file, as a machine that lost its power leaves it', ''],
  ['zeros, as such a machine leaves them', '\0\0\0\0'],
  ['the number of a process that is gone', GONE],
])('pid file with %s is taken over', (_, content) => {
  const data = scratchFolder()
  writeFileSync(join(data, 'overlay.pid'), content)
  using _lock = lockData(data)
  expect(readFileSync(join(data, 'overlay.pid'), 'utf8')).toBe(String(process.pid))
})

test.each(['my notes', '{"pid": 1}', '12 monkeys'])(
  'pid file with "%s" is no file of ours: refused, and kept',
  content => {
    const data = scratchFolder()
    writeFileSync(join(data, 'overlay.pid'), content)
    expect(() => lockData(data)).toThrow(
      /^Cannot use .*overlay\.pid: the number of a running process belongs there, but what is there is no number\. /,
    )
    expect(readdirSync(data)).toEqual(['overlay.pid'])
    expect(readFileSync(join(data, 'overlay.pid'), 'utf8')).toBe(content)
  },
)

test('launcher file is put in the place of one of ours, and of nothing else', () => {
  const data = scratchFolder()
  const file = join(data, 'launcher.json')
  const content = { pid: 1, url: 'http://127.0.0.1:1', token: 'x' }
  for (const before of ['', '{"pid": 2, "token": "y", "later": true}']) {
    writeFileSync(file, before)
    writeLauncherFile(data, content)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(content)
  }
  for (const before of ['{"name": "rocket"}', 'text']) {
    writeFileSync(file, before)
    expect(() => writeLauncherFile(data, content)).toThrow('what is there was not written by it')
    expect(readFileSync(file, 'utf8')).toBe(before)
  }
})

test('a link under a temporary name is taken away, and what it leads to is not written to', () => {
  const data = scratchFolder()
  writeFileSync(join(data, 'precious'), 'precious')
  for (const name of ['launcher.json.tmp', `overlay.pid.${process.pid}`]) symlinkSync('precious', join(data, name))
  writeLauncherFile(data, { pid: 1, url: 'http://127.0.0.1:1', token: 'x' })
  using _lock = lockData(data)
  expect(readFileSync(join(data, 'precious'), 'utf8')).toBe('precious')
  expect(readdirSync(data).sort()).toEqual(['launcher.json', 'overlay.pid', 'precious'])
})

test('log is not written through a link, and one that was moved aside over a link leaves what it leads to', () => {
  const folder = scratchFolder()
  const precious = join(folder, 'precious')
  writeFileSync(precious, 'precious')
  symlinkSync(precious, join(folder, 'a.log'))
  expect(() => new LogFile(join(folder, 'a.log'))).toThrow('it is a link to something else')
  symlinkSync(precious, join(folder, 'b.log.1'))
  const log = new LogFile(join(folder, 'b.log'), 10)
  log.append('first line')
  log.append('second line')
  expect(readFileSync(join(folder, 'b.log.1'), 'utf8')).toBe('first line\n')
  expect(readFileSync(precious, 'utf8')).toBe('precious')
})
