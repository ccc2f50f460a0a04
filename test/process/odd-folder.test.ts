/** A checkout whose folder has a space, other letters, and the signs that mean something in an address or a pattern. */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SOURCES = ['config', 'controller', 'package.json', 'peer', 'proxy', 'public', 'shared', 'startup.ts']
/** Loaded at run time from where it is installed; everything else is bundled, and may be a link. */
const LOADED = '@photostructure'

const home = temporaryFolder()
const root = join(home, "my chat ü#1 50%25 [a] & 'q' *$", 'overlay')
const data = join(root, 'data', 'demo')
const SERVICE = `import { defineService } from 'overlay-chat/service'
export default defineService({ name: 'dice', about: 'Rolls.', commands: { roll: { help: 'rolls', run: () => 'rolled' } } })`

let base: number
let overlay: Overlay

/** Runs a command of the checkout to its end. */
async function run(
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { cwd: root })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
  child.stdin.end(input)
  return new Promise(resolve => child.once('close', code => resolve({ code, out })))
}

function copyCheckout(): void {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  for (const name of SOURCES) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(root, 'node_modules', name)]
    if (name === LOADED) cpSync(from, to, { recursive: true, filter: path => !path.endsWith('/src') })
    else symlinkSync(from, to)
  }
}

beforeAll(async () => {
  copyCheckout()
  mkdirSync(join(root, 'my services?'))
  writeFileSync(join(root, 'my services?', 'the dice #1.ts'), SERVICE)
  writeConfig(join(root, 'config'), standard => ({
    ...standard,
    instances: [
      { kind: 'person', name: 'alice', n: 0, mode: 'manual' },
      { kind: 'person', name: 'bob', n: 1, mode: 'manual' },
      { kind: 'service', name: 'dice1', n: 2, service: '../my services?/the dice #1.ts' },
    ],
  }))
  base = await freeBase()
  overlay = await Overlay.start({ args: ['--demo'], base, data, root })
})
afterAll(async () => {
  await overlay[Symbol.asyncDispose]()
  rmSync(home, { recursive: true, force: true })
})

test('demonstration in a folder with a space and other signs carries messages, and answers as AI and as service', async () => {
  using alice = await PeerClient.connect(overlay.peer(0))
  using bob = await PeerClient.connect(overlay.peer(1))
  await Promise.all([alice.sees('bob', { online: true }), alice.sees('dice1', { online: true })])
  await alice.send('bob', 'hello')
  await bob.message(({ message }) => message === 'hello')
  for (const [to, text, answer] of [
    ['GPT', '[[pieces 2]]', 'word1 word2'],
    ['dice1', 'roll', 'rolled'],
  ] as const) {
    const asked = await alice.send(to, text)
    const reply = await alice.message(({ metadata }) => metadata.replyTo === asked)
    expect(reply.message.trim()).toBe(answer)
  }
})

test('pages are served from a folder with a space and other signs', async () => {
  for (const origin of [overlay.peer(0), overlay.controller]) {
    const page = await (await fetch(`${origin}/`)).text()
    const script = /src="([^"]+)"/.exec(page)?.[1] ?? 'none'
    expect((await fetch(origin + script)).status).toBe(200)
  }
})

test('terminal, status, backup, import and restore work in a folder with a space and other signs', async () => {
  const inPipe = await run('peer/terminal.ts', ['alice', '--port-base', String(base)], 'bob: from a pipe\n')
  expect(inPipe).toMatchObject({ code: 0 })
  expect(await run('startup.ts', ['status', '--demo'])).toMatchObject({ code: 0 })
  const backup = join(root, 'backups', 'the #1 50% of it?')
  expect(await run('startup.ts', ['backup', backup, '--demo'])).toMatchObject({ code: 0 })
  expect(await run('startup.ts', ['stop', '--demo'])).toMatchObject({ code: 0 })

  const history = join(root, 'chat_history_alice.json')
  const old = {
    peer_id: 'bob',
    sender: 'bob',
    message: 'of before',
    status: 'delivered',
    timestamp: '2024-05-01T08:00:00',
  }
  writeFileSync(history, JSON.stringify({ _default: { 1: { ...old, auto_reply: false } } }))
  const imported = await run('startup.ts', ['import', history, '--demo'])
  expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('Imported 1 message ') })

  expect(await run('startup.ts', ['restore', backup, '--demo'])).toMatchObject({ code: 0 })
  expect(existsSync(join(data, 'alice', 'peer.db'))).toBe(true)
})
