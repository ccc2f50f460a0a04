/** The terminal client in a pipe: what it prints, what it refuses, and what its exit code says. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Conversations } from '../../shared/protocol/peer-api.ts'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, persons, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { clientCommand, runInPipe } from '../harness/terminal.ts'

let folder: string
let overlay: Overlay
let bob: PeerClient

const asAlice = (input: string | Buffer) => runInPipe(commandOf('alice'), input)
const commandOf = (name: string, base = overlay.base) =>
  clientCommand(name, base, ['--config', join(folder, 'overlay.json')])
const unreadOfBob = async () => {
  const rows = Conversations.parse((await call('GET', `${overlay.peer(0)}/api/conversations`)).body)
  return rows.find(({ peer }) => peer === 'bob')?.unread
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'overlay-terminal-'))
  const config = writeConfig(folder, standard => {
    const some = persons('alice', 'bob', 'joe')(standard)
    const { instances } = some
    const service = { kind: 'service', name: 'thermometer1', n: 4, service: 'thermometer' }
    return { ...some, instances: [...(Array.isArray(instances) ? instances : []), service] }
  })
  overlay = await Overlay.start({ args: ['--demo', '--config', config, '--only', 'alice,bob,thermometer1'] })
  bob = await PeerClient.connect(overlay.peer(1))
  using ofAlice = await PeerClient.connect(overlay.peer(0))
  await Promise.all([ofAlice.sees('bob', { online: true }), bob.sees('alice', { online: true })])
})
afterAll(async () => {
  bob[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('a pipe sends its line and ends with 0', async () => {
  expect(await asAlice('bob: hi\n')).toEqual({ code: 0, out: '', err: '' })
  expect(await bob.message(({ message }) => message === 'hi')).toMatchObject({ sender: 'alice' })
})

test('a pipe ends with 1 for a name that nobody has, and says which there are', async () => {
  const { code, out, err } = await asAlice('zoe: hi\n')
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^Line 1: Cannot find "zoe": no peer has that name\. Known: bob, joe, thermometer1, GPT, /)
})

test('a pipe carries out all lines in their order, numbers those it refuses, and passes over what is none', async () => {
  const { code, out, err } = await asAlice(
    '# a comment\n\nbob: first\nno name\nbob: second\n!peers\n!dance\njoe: later\nexit\nbob: never\n',
  )
  expect(code).toBe(1)
  expect(err.split('\n').map(line => line.slice(0, 40))).toEqual([
    'Line 4: Cannot tell whom this is for: it',
    'Line 7: Cannot do "!dance": there is no ',
    '',
  ])
  expect(out).toMatch(/^bob +person +online\njoe +person +offline\n(?:.*\n)+User 'joe' is offline\. Message saved\.\n$/)
  const texts = () => bob.history('alice').then(all => all.map(({ message }) => message))
  await bob.message(({ message }) => message === 'second')
  expect((await texts()).slice(-2)).toEqual(['first', 'second'])
})

test('a pipe passes over a byte order mark, and refuses a line that is not UTF-8 with its place', async () => {
  const lines = [
    Buffer.from('\uFEFFbob: with a mark\r\n'),
    Buffer.from('bob: caf\xe9\n', 'latin1'),
    Buffer.from('bob: café'),
  ]
  const { code, err } = await asAlice(Buffer.concat(lines))
  expect(code).toBe(1)
  expect(err).toBe(
    'Line 2: Cannot read the line: it is not UTF-8: the byte 0xE9 in line 2, column 9 belongs to no character. Save it as UTF-8.\n',
  )
  await bob.message(({ message }) => message === 'café')
  const texts = (await bob.history('alice')).map(({ message }) => message)
  expect(texts.slice(-2)).toEqual(['with a mark', 'café'])
  expect(await asAlice(Buffer.from('\uFEFFbob: never\n', 'utf16le'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('Line 1: Cannot read the line: it is UTF-16, not UTF-8. Save it as UTF-8.'),
  })
})

test('a pipe waits for the answer of an AI, prints it whole and once, and goes on', async () => {
  const { code, out, err } = await asAlice('GPT: [[pieces 40 at 5]]\nbob: after it\n')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^\[\d\d:\d\d\]\[GPT\] \(AI, demonstration\) word1 /)
  const shown = [...out.matchAll(/word(\d+)\b/g)].map(([, n]) => Number(n))
  expect(shown).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
  expect(out).not.toContain('\x1b')
  const rows = Conversations.parse((await call('GET', `${overlay.peer(0)}/api/conversations`)).body)
  expect(rows.find(({ peer }) => peer === 'GPT')?.unread).toBe(0)
})

test('a pipe waits for the answer of a service', async () => {
  const { code, out, err } = await asAlice('thermometer1: range\n')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^\[\d\d:\d\d\]\[thermometer1\].* Readings: (2\d\.\d °C(, )?){5}\n$/)
})

test('a pipe ends with 1 for an answer that fails, with its reason, and keeps what had come', async () => {
  const failed = await asAlice('GPT: [[quota]]\n')
  expect(failed.code).toBe(1)
  expect(failed.err).toMatch(/^Line 1: No answer of GPT: \S/)
  const broken = await asAlice('ANTHROPIC: [[pieces 8 at 5]] [[midstream-error 529]]\n')
  expect(broken.code).toBe(1)
  expect(broken.out).toMatch(/\[ANTHROPIC\] \(AI, demonstration\) word1/)
  expect(broken.err).toMatch(/^Line 1: No answer of ANTHROPIC: /)
})

test('a pipe shows what was not yet seen and leaves it unread; !check marks it read', async () => {
  await bob.state(await bob.send('alice', 'see \x1b[31mthis'), 'received')
  expect(await asAlice('')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\[Stored\] \[\d\d:\d\d\]\[bob\] see \\u001b\[31mthis\n$/),
  })
  expect(await unreadOfBob()).toBe(1)
  // What an earlier run printed is not printed again, unless it is asked for.
  await bob.state(await bob.send('alice', 'and that'), 'received')
  expect((await asAlice('')).out).toMatch(/^\[Stored\] \[\d\d:\d\d\]\[bob\] and that\n$/)
  expect((await asAlice('')).out).toBe('')
  expect((await asAlice('!check\n')).out).toMatch(/^\[Stored\] .*\[bob\] see .*\n\[Stored\] .*\[bob\] and that\n$/)
  expect(await unreadOfBob()).toBe(0)
  expect((await asAlice('!check\n')).out).toBe('Nothing new.\n')
})

test('a reader that goes does not leave lines undone', async () => {
  const [file = '', ...args] = commandOf('alice')
  const child = spawn(file, args, { cwd: join(import.meta.dirname, '..', '..'), stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise(resolve => child.once('close', resolve))
  child.stdout.once('data', () => {
    child.stdout.destroy()
    child.stdin.end('!peers\n!peers\n!help\nbob: after the reader went\n')
  })
  child.stdin.write('!help\n')
  expect(await exited).toBe(0)
  await bob.message(({ message }) => message === 'after the reader went')
})

test('!retry of what has arrived says why not, in words for who wrote it', async () => {
  await asAlice('bob: arrived well\n')
  const { code, err } = await asAlice('!retry bob\n')
  expect([code, err]).toEqual([
    1,
    'Line 1: Cannot send again: what was last sent to bob neither failed nor was answered by an AI: arrived well\n',
  ])
})

test('a pipe goes on when its peer is started again between two lines', async () => {
  const [file = '', ...args] = commandOf('alice')
  const child = spawn(file, args, { cwd: join(import.meta.dirname, '..', '..'), stdio: ['pipe', 'ignore', 'inherit'] })
  const exited = new Promise(resolve => child.once('close', resolve))
  child.stdin.write('bob: before the restart\n')
  await bob.message(({ message }) => message === 'before the restart')
  overlay.kill('peer alice')
  child.stdin.end('bob: right after the restart\n')
  expect(await exited).toBe(0)
  await bob.message(({ message }) => message === 'right after the restart')
})

test('who is not there, cannot be talked as, or is misspelt is said in words', async () => {
  const elsewhere = await freeBase()
  const unreachable = await runInPipe(commandOf('alice', elsewhere), 'bob: hi\n')
  expect(unreachable).toEqual({
    code: 1,
    out: '',
    err: `Cannot reach alice's peer at http://127.0.0.1:${elsewhere}: nothing listens on port ${elsewhere}. Start the overlay: npx tsx startup.ts (with its --port-base N, if it has one, give the same here).\n`,
  })
  const service = await runInPipe(commandOf('thermometer1'), '')
  expect([service.code, service.err]).toEqual([78, expect.stringContaining('it is a service, which has no peer')])
  const nobody = await runInPipe(commandOf('zoe'), '')
  expect([nobody.code, nobody.err]).toEqual([
    78,
    expect.stringMatching(/^Cannot talk as "zoe": .* Known: alice, bob, joe, thermometer1\.$/m),
  ])
  const none = await runInPipe(commandOf('alice').slice(0, 4), '')
  expect([none.code, none.err]).toEqual([78, expect.stringContaining('it names nobody to talk as')])
  const help = await runInPipe([...commandOf('alice').slice(0, 4), '--help'], '')
  expect([help.code, help.out]).toEqual([0, expect.stringContaining('Usage: npx tsx peer/terminal.ts NAME')])
})
