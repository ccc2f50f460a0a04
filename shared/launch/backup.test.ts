import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { StartError } from '../process/start-error.ts'
import { openStore } from '../process/store.ts'
import { makeBackup } from './backup.ts'
import { readManifest } from './backup-manifest.ts'
import { lockData } from './lock.ts'
import { restoreBackup } from './restore.ts'
import { markUnfinished } from './unfinished-restore.ts'

const migrations = ['CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)']
const Value = z.object({ value: z.string() })
const now = new Date('2026-01-02T03:04:05.000Z')
const later = new Date('2026-01-02T03:04:06.000Z')
const say = () => {}

function put(path: string, name: string, value: string) {
  const store = openStore({ path, migrations })
  store
    .note(() => store.run('INSERT INTO setting VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2', name, value))
    .catch(error => expect(error).toBeUndefined())
  store.close()
}

function value(path: string, name: string): string | undefined {
  const store = openStore({ path, migrations })
  const found = store.get(Value, 'SELECT value FROM setting WHERE name = ?', name)
  store.close()
  return found?.value
}

/** A data folder as an overlay leaves it, and beside it one of a demonstration. */
function scratchData() {
  const data = join(scratchFolder(), 'data')
  for (const file of ['alice/proxy.db', 'alice/peer.db', 'meter/service.db', 'demo/alice/peer.db'])
    put(join(data, file), 'text', 'of before')
  put(join(data, 'alice', 'proxy.db'), 'store', 'the identity')
  put(join(data, 'alice', 'peer.db'), 'store', 'of a peer')
  for (const folder of ['controller', 'build', 'logs']) mkdirSync(join(data, folder))
  writeFileSync(join(data, 'controller', 'controller.json'), '{"schema":1}')
  writeFileSync(join(data, 'alice', 'removed.json'), '{"kind":"person"}')
  writeFileSync(join(data, 'overlay.key'), 'a key', { mode: 0o600 })
  writeFileSync(join(data, 'build', 'bundle.mjs'), '')
  const backup = (folder?: string) => makeBackup({ data, folder, version: '1.2.3', now, say })
  const restore = (folder: string, at = later) => restoreBackup({ data, folder, now: at, say })
  return { data, backup, restore }
}

const changeManifest = (folder: string, change: (text: string) => string) =>
  writeFileSync(join(folder, 'manifest.json'), change(readFileSync(join(folder, 'manifest.json'), 'utf8')))

test('backup holds proxies, then peers, then the controller, readable only by its owner, and says what it is', () => {
  const { data, backup } = scratchData()
  const folder = backup()
  expect(folder).toBe(join(dirname(data), 'backups', 'data-2026-01-02T03-04-05'))
  const manifest = readManifest(folder)
  expect(manifest).toMatchObject({ format: 1, version: '1.2.3', time: now.toISOString() })
  expect(manifest.files.map(({ path, schema }) => [path, schema])).toEqual([
    ['alice/proxy.db', 1],
    ['alice/peer.db', 1],
    ['meter/service.db', 1],
    ['controller/controller.json', undefined],
    ['alice/removed.json', undefined],
    ['overlay.key', undefined],
  ])
  for (const { path } of manifest.files) {
    expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(join(folder, path))).mode & 0o777).toBe(0o700)
  }
  expect(readdirSync(dirname(folder))).toEqual([basename(folder)])
})

test('backup has what was committed a moment ago, while the store is open and being written', async () => {
  const { data, backup } = scratchData()
  const store = openStore({ path: join(data, 'alice', 'peer.db'), migrations })
  await store.write(() => store.run("INSERT INTO setting VALUES ('news', 'in the log only')"))
  const under = store.write(() => store.run("INSERT INTO setting VALUES ('later', 'not committed yet')"))
  const folder = backup()
  await under
  store.close()
  expect(value(join(folder, 'alice', 'peer.db'), 'news')).toBe('in the log only')
  expect(value(join(folder, 'alice', 'peer.db'), 'later')).toBeUndefined()
})

test('backup is refused where there is nothing to copy, where something is, and where the next start removes it', () => {
  const { data, backup } = scratchData()
  const folder = backup()
  expect(() => backup(folder)).toThrow(/is there already/)
  expect(() => backup(join(data, 'build', 'mine'))).toThrow(/removed at each start/)
  expect(() => makeBackup({ data: scratchFolder(), folder: undefined, version: '1', now, say })).toThrow(
    /no data of an overlay/,
  )
})

test('backup of a damaged store is refused with its name, and leaves nothing that looks like one', () => {
  const { data, backup } = scratchData()
  const path = join(data, 'meter', 'service.db')
  writeFileSync(path, readFileSync(path).fill(0x55, 4096))
  const folder = join(dirname(data), 'mine')
  expect(() => backup(folder)).toThrow(`Cannot use data file ${path}: it cannot be copied`)
  expect(existsSync(folder) || existsSync(`${folder}.unfinished`)).toBe(false)
})

test('restore puts everything back, keeps what was there, and lets proxies alone take a new identity', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  put(join(data, 'alice', 'peer.db'), 'text', 'of after')
  put(join(data, 'carol', 'peer.db'), 'text', 'new since')
  put(join(data, 'demo', 'alice', 'peer.db'), 'text', 'of after')
  writeFileSync(join(data, 'overlay.key'), 'another key')
  const aside = restore(folder)
  expect(aside).toBe(`${data}.before-restore-2026-01-02T03-04-06`)
  expect(value(join(data, 'alice', 'peer.db'), 'text')).toBe('of before')
  expect(value(join(data, 'alice', 'peer.db'), 'store')).toBe('of a peer')
  expect(value(join(data, 'alice', 'proxy.db'), 'text')).toBe('of before')
  expect(value(join(data, 'alice', 'proxy.db'), 'store')).toBeUndefined()
  expect(value(join(folder, 'alice', 'proxy.db'), 'store')).toBe('the identity')
  expect(readFileSync(join(data, 'overlay.key'), 'utf8')).toBe('a key')
  expect(value(join(aside ?? '', 'alice', 'peer.db'), 'text')).toBe('of after')
  expect(value(join(aside ?? '', 'carol', 'peer.db'), 'text')).toBe('new since')
  expect(existsSync(join(data, 'carol'))).toBe(false)
  expect(value(join(data, 'demo', 'alice', 'peer.db'), 'text')).toBe('of after')
  expect(readdirSync(data).sort()).toEqual(['alice', 'build', 'controller', 'demo', 'logs', 'meter', 'overlay.key'])
})

test('restore into a folder that is not there makes it', () => {
  const { backup } = scratchData()
  const data = join(scratchFolder(), 'new', 'data')
  expect(restoreBackup({ data, folder: backup(), now, say })).toBeUndefined()
  expect(value(join(data, 'alice', 'peer.db'), 'text')).toBe('of before')
})

test.each<[string, (folder: string) => void, RegExp]>([
  [
    'has a changed byte',
    folder => writeFileSync(join(folder, 'overlay.key'), 'b key'),
    /overlay\.key is not as it was/,
  ],
  ['is cut short', folder => writeFileSync(join(folder, 'overlay.key'), 'a'), /overlay\.key has 1 bytes instead of 5/],
  [
    'has a manifest in UTF-16',
    folder => writeFileSync(join(folder, 'manifest.json'), Buffer.from('\uFEFF{}', 'utf16le')),
    /Cannot read .*manifest\.json: it is UTF-16/,
  ],
  ['has no manifest', folder => changeManifest(folder, () => ''), /Cannot read .*manifest\.json/],
  [
    'is of a newer version',
    folder => changeManifest(folder, text => text.replace('"schema": 1', '"schema": 9')),
    /alice\/proxy\.db was written by a newer version .*1\.2\.3, schema 9/,
  ],
  [
    'is of a newer format',
    folder => changeManifest(folder, text => text.replace('"format": 1', '"format": 2')),
    /format/,
  ],
  [
    'leads out of the folder',
    folder => changeManifest(folder, text => text.replace('alice/proxy.db', '../x/proxy.db')),
    /files\.0\.path/,
  ],
])('restore of a backup that %s is refused, and changes nothing', (_, damage, message) => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  damage(folder)
  expect(() => restore(folder)).toThrow(StartError)
  expect(() => restore(folder)).toThrow(message)
  expect(value(join(data, 'alice', 'proxy.db'), 'store')).toBe('the identity')
  expect(readdirSync(dirname(data)).sort()).toEqual(['backups', 'data'])
})

test('restore is refused while an overlay runs on the data', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  const launcher = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'startup.ts'])
  onTestFinished(() => void launcher.kill('SIGKILL'))
  writeFileSync(join(data, 'overlay.pid'), String(launcher.pid))
  expect(() => restore(folder)).toThrow(`Cannot restore: an overlay with the data in ${data} is running already`)
  expect(value(join(data, 'alice', 'proxy.db'), 'store')).toBe('the identity')
})

test('restore that was interrupted keeps the overlay from starting until the same restore is run again', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  const aside = join(dirname(data), 'aside of the first')
  markUnfinished(data, { folder, aside })
  mkdirSync(join(data, 'restore-staged'))
  expect(() => lockData(data)).toThrow(`Run it again: npx tsx startup.ts restore ${folder} --data ${data}`)
  expect(restore(folder)).toBe(aside)
  lockData(data)[Symbol.dispose]()
  expect(value(join(data, 'alice', 'peer.db'), 'text')).toBe('of before')
})

test('restore that was interrupted while it moved the data aside goes on into the same folder', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  writeFileSync(join(data, 'overlay.key'), 'key of after')
  const aside = join(dirname(data), 'aside of the first')
  markUnfinished(data, { folder, aside })
  mkdirSync(aside)
  renameSync(join(data, 'alice'), join(aside, 'alice'))
  expect(restore(folder)).toBe(aside)
  expect(readFileSync(join(aside, 'overlay.key'), 'utf8')).toBe('key of after')
  expect(value(join(aside, 'alice', 'proxy.db'), 'store')).toBe('the identity')
  expect(readFileSync(join(data, 'overlay.key'), 'utf8')).toBe('a key')
})

test('two restores within a second move what was there into two folders', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  const first = restore(folder)
  writeFileSync(join(data, 'overlay.key'), 'key between')
  const second = restore(folder)
  expect(second).not.toBe(first)
  expect(readFileSync(join(second ?? '', 'overlay.key'), 'utf8')).toBe('key between')
  expect(readFileSync(join(first ?? '', 'overlay.key'), 'utf8')).toBe('a key')
})

test.each([
  ['a backup', (data: string) => join(dirname(data), 'kept.unfinished'), 'alice/peer.db'],
  ['a restore', (data: string) => join(data, 'restore-staged'), 'bob/proxy.db'],
])('what %s left unfinished is made anew, and what somebody else keeps under that name is not', (_, placeOf, ours) => {
  const { data, backup, restore } = scratchData()
  const place = placeOf(data)
  const folder = join(dirname(data), 'kept')
  const make = () => (place === `${folder}.unfinished` ? backup(folder) : restore(backup()))
  mkdirSync(dirname(join(place, ours)), { recursive: true })
  writeFileSync(join(place, ours), '')
  writeFileSync(join(place, 'thesis.txt'), 'precious')
  expect(make).toThrow('thesis.txt in it was not made by this program')
  expect(readFileSync(join(place, 'thesis.txt'), 'utf8')).toBe('precious')
  rmSync(join(place, 'thesis.txt'))
  if (place !== `${folder}.unfinished`) rmSync(join(dirname(data), 'backups'), { recursive: true })
  expect(make).not.toThrow()
  expect(existsSync(place)).toBe(false)
})

test('backup holds nothing beside its files and its manifest, and an instance whose folder is a link', () => {
  const { data, backup, restore } = scratchData()
  const elsewhere = join(scratchFolder(), 'alice')
  renameSync(join(data, 'alice'), elsewhere)
  symlinkSync(elsewhere, join(data, 'alice'))
  const folder = backup()
  expect(readdirSync(folder).sort()).toEqual(['alice', 'controller', 'manifest.json', 'meter', 'overlay.key'])
  const aside = restore(folder)
  expect(value(join(data, 'alice', 'peer.db'), 'text')).toBe('of before')
  expect(lstatSync(join(aside ?? '', 'alice')).isSymbolicLink()).toBe(true)
  expect(value(join(elsewhere, 'peer.db'), 'text')).toBe('of before')
})

test('restore that is run again removes what the first run put there, and nothing beside it', () => {
  const { data, backup, restore } = scratchData()
  const folder = backup()
  const aside = `${data}.before`
  mkdirSync(join(aside, 'alice'), { recursive: true })
  writeFileSync(join(data, 'alice', 'notes.txt'), 'precious')
  markUnfinished(data, { folder, aside })
  expect(() => restore(folder)).toThrow(/alice.notes\.txt is none of the backup's: move it away/)
  expect(readFileSync(join(data, 'alice', 'notes.txt'), 'utf8')).toBe('precious')
  rmSync(join(data, 'alice', 'notes.txt'))
  restore(folder)
  expect(value(join(data, 'alice', 'peer.db'), 'text')).toBe('of before')
})
