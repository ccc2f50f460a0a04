/**
 * A program: each kind of file that the overlay opens, by the code that opens it, in each way in which it can be wrong. It prints
 * a line of JSON for each: what was thrown, as a person would read it, and the time it took of the processor, in milliseconds.
 * @param args a folder that this account may write
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { readChangedPersons } from '../../config/changed-persons.ts'
import { loadConfig } from '../../config/config.ts'
import { AtomicFile } from '../../controller/atomic-file.ts'
import { readHistory } from '../../peer/import/python-history.ts'
import { Printed } from '../../peer/terminal/printed.ts'
import { newManifest, readManifest, verifyFiles } from '../../shared/launch/backup-manifest.ts'
import { bundlesIn } from '../../shared/launch/build.ts'
import { buildServices } from '../../shared/launch/build-services.ts'
import { findLauncher, writeLauncherFile } from '../../shared/launch/control-file.ts'
import { lockData, lockPart } from '../../shared/launch/lock.ts'
import { LogFile } from '../../shared/launch/log-file.ts'
import { keepRemoved, keptOf } from '../../shared/launch/removed-persons.ts'
import { environment } from '../../shared/launch/start.ts'
import { changeTextFile } from '../../shared/launch/text-file.ts'
import { fileProblem } from '../../shared/process/file-problem.ts'
import { overlayKey } from '../../shared/process/overlay-key.ts'
import { StartError, StartFailedError } from '../../shared/process/start-error.ts'
import { openStore } from '../../shared/process/store.ts'
import { StorageFailedError } from '../../shared/process/store-failure.ts'

type Opener = {
  readonly name: string
  /** The file, within a folder of its own. */
  readonly file: string
  readonly open: (folder: string, file: string) => unknown
}

const migrations = ['CREATE TABLE item (value TEXT)']
const store = (folder: string) => openStore({ path: join(folder, 'peer.db'), migrations }).close()
/** The store is whole: only what lies beside it is wrong. */
function storeBeside(folder: string): void {
  const made = join(folder, 'made.db')
  openStore({ path: made, migrations }).close()
  renameSync(made, join(folder, 'peer.db'))
  store(folder)
}
const launcher = { pid: process.pid, url: 'http://127.0.0.1:1', token: 'x' }
const person = { kind: 'person', name: 'alice', n: 1, mode: 'manual' } as const
const service = { kind: 'service', name: 'meter', n: 1, service: './service.ts' } as const

const manifest = newManifest({
  ...{ version: '1', time: '2026-01-01T00:00:00Z' },
  files: [{ path: 'peer.db', bytes: 8, sha256: 'a'.repeat(64) }],
})

const OPENERS: readonly Opener[] = [
  { name: 'configuration', file: 'overlay.json', open: (_, file) => loadConfig(file) },
  { name: '.env', file: '.env', open: folder => environment(folder) },
  { name: 'persons', file: 'persons.json', open: folder => readChangedPersons(folder) },
  { name: 'a change of persons', file: 'persons.json', open: (_, file) => changeTextFile(file, text => text) },
  { name: 'key', file: 'overlay.key', open: folder => overlayKey(folder) },
  { name: 'pid file', file: 'overlay.pid', open: folder => lockData(folder)[Symbol.dispose]() },
  {
    name: 'pid file of a part',
    file: 'proxy-alice.part.pid',
    open: folder => lockPart(folder, 'proxy alice')[Symbol.dispose](),
  },
  { name: 'unfinished restore', file: 'restore-unfinished.json', open: folder => lockData(folder)[Symbol.dispose]() },
  { name: 'launcher to ask', file: 'launcher.json', open: folder => findLauncher(folder) },
  { name: 'launcher', file: 'launcher.json', open: folder => writeLauncherFile(folder, launcher)[Symbol.dispose]() },
  { name: 'removed person to read', file: 'alice/removed.json', open: folder => keptOf('alice', folder) },
  { name: 'removed person', file: 'alice/removed.json', open: folder => keepRemoved(person, folder) },
  {
    name: "controller's document",
    file: 'controller.json',
    open: (_, file) => new AtomicFile(file, { schema: z.object({ a: z.string() }), most: 1024 }).read(),
  },
  { name: 'store', file: 'peer.db', open: store },
  { name: "store's log", file: 'peer.db-wal', open: storeBeside },
  { name: 'unfinished store', file: 'peer.db.new', open: store },
  { name: 'history to import', file: 'chat_history_a.json', open: (_, file) => readHistory(file) },
  {
    name: 'service module',
    file: 'service.ts',
    open: folder =>
      buildServices([service], {
        root: join(import.meta.dirname, '..', '..'),
        configFile: join(folder, 'overlay.json'),
        bundles: bundlesIn(join(folder, 'build')),
      }),
  },
  { name: 'manifest', file: 'manifest.json', open: folder => readManifest(folder) },
  { name: 'file of a backup', file: 'peer.db', open: folder => verifyFiles(folder, manifest) },
  { name: 'log', file: 'startup.log', open: (_, file) => new LogFile(file).append('a line') },
  {
    name: 'what was printed',
    file: 'overlay-chat/printed-ca2c84fa4b2d5f1b.json',
    open: folder => new Printed('x', { XDG_STATE_HOME: folder }).read(),
  },
]

const isRoot = process.getuid?.() === 0

/** Each makes the file wrong; undefined where this account cannot. */
const STATES: Readonly<Record<string, ((file: string) => unknown) | undefined>> = {
  missing: () => {},
  empty: file => writeFileSync(file, ''),
  'a folder': file => mkdirSync(file),
  'a folder that is not empty': file => mkdirSync(join(file, 'sub'), { recursive: true }),
  'a pipe': file => execFileSync('mkfifo', [file]),
  'a socket': file =>
    new Promise(resolve => {
      const server = createServer().listen(join(dirname(file), 's'), () => resolve(undefined))
      server.unref()
      symlinkSync('s', file)
    }),
  'an endless device': file => symlinkSync('/dev/zero', file),
  unreadable: isRoot ? undefined : file => writeFileSync(file, '{}', { mode: 0o000 }),
  'readable by everybody': file => {
    writeFileSync(file, '{}')
    chmodSync(file, 0o666)
  },
  "another account's": isRoot
    ? file => {
        writeFileSync(file, '{}')
        chownSync(file, 1234, 1234)
      }
    : undefined,
  'a link to itself': file => symlinkSync(basename(file), file),
  'a link to nothing': file => symlinkSync('none', file),
  'a link to something else': file => {
    writeFileSync(join(dirname(file), 'precious'), 'precious')
    symlinkSync('precious', file)
  },
  huge: file => {
    writeFileSync(file, '')
    truncateSync(file, 64 * 1024 ** 3)
  },
  garbage: file => writeFileSync(file, Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x7b, 0x0a, 0xc3, 0x28])),
  'in UTF-16': file => writeFileSync(file, '\uFEFF{"a": 1}', 'utf16le'),
  'nested without end': file => writeFileSync(file, '['.repeat(200_000)),
}

const [scratch = ''] = process.argv.slice(2)
let count = 0
for (const { name, file, open } of OPENERS)
  for (const [state, make] of Object.entries(STATES)) {
    if (make === undefined) continue
    const folder = join(scratch, String(count++))
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await make(path)
    const before = process.cpuUsage()
    const thrown = await Promise.resolve()
      .then(() => open(folder, path))
      .then(
        () => undefined,
        (error: unknown) => fileProblem(error) ?? error,
      )
    const { user, system } = process.cpuUsage(before)
    const isNamed =
      thrown instanceof StartError || thrown instanceof StartFailedError || thrown instanceof StorageFailedError
    const found = lstatSync(path, { throwIfNoEntry: false })
    process.stdout.write(
      `${JSON.stringify({
        name,
        state,
        folder,
        ms: (user + system) / 1000,
        mode: found?.isFile() ? (found.mode & 0o777).toString(8) : undefined,
        ...(thrown !== undefined && { isNamed, message: thrown instanceof Error ? thrown.message : String(thrown) }),
        ...(!isNamed && thrown instanceof Error && { trace: thrown.stack }),
      })}\n`,
    )
  }
process.exit()
