/** `startup.ts backup` and `restore` as a user meets them: of an overlay that runs, and back to it. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, persons, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Runs a command of `startup.ts` to its end. */
function startup(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'startup.ts', ...args], { cwd: ROOT })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return new Promise(resolve => child.once('close', code => resolve({ code, output })))
}

let folder: string
let data: string
let options: { base: number; data: string; args: string[] }

beforeAll(async () => {
  folder = temporaryFolder()
  data = join(folder, 'state')
  const config = writeConfig(folder, persons('alice', 'bob'))
  options = { base: await freeBase(), data, args: ['--config', config] }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Pair = { alice: PeerClient; bob: PeerClient } & Disposable

async function connect(overlay: Overlay): Promise<Pair> {
  const alice = await PeerClient.connect(overlay.peer(0))
  const bob = await PeerClient.connect(overlay.peer(1))
  await alice.sees('bob', { online: true })
  await bob.sees('alice', { online: true })
  const close = () => {
    alice[Symbol.dispose]()
    bob[Symbol.dispose]()
  }
  return { alice, bob, [Symbol.dispose]: close }
}

/** Sends, and resolves once the other has it. */
async function tell(from: PeerClient, to: string, text: string): Promise<void> {
  await from.state(await from.send(to, text), 'received')
}

const texts = (messages: MessageRecord[]) => messages.map(({ message }) => message)

test('--help tells of both commands', async () => {
  const { output } = await startup('--help')
  expect(output).toMatch(/backup \[FOLDER\][\s\S]*restore FOLDER/)
})

test('a backup of a running overlay brings back the history as it was then, and messages flow on, none twice', async () => {
  const before = ['one', 'two', 'three']
  const during: string[] = []
  let backup: string
  {
    await using overlay = await Overlay.start(options)
    using pair = await connect(overlay)
    for (const text of before) await tell(pair.alice, 'bob', text)
    await tell(pair.bob, 'alice', 'to alice')
    const taken = startup('backup', '--data', data)
    let isTaken = false
    void taken.then(() => {
      isTaken = true
    })
    for (let n = 0; !isTaken; n += 1) {
      during.push(`during ${n}`)
      await tell(pair.alice, 'bob', `during ${n}`)
    }
    const { code, output } = await taken
    expect(output).toContain('copying alice/proxy.db (')
    expect(output).toContain('It holds messages and API keys as they are, not encrypted')
    expect(code).toBe(0)
    backup = /The backup is whole: (\S+)/.exec(output)?.[1] ?? ''
    expect(dirname(backup)).toBe(join(folder, 'backups'))
    expect(readdirSync(backup).sort()).toEqual(['alice', 'bob', 'controller', 'manifest.json', 'overlay.key'])
    for (const text of ['after 1', 'after 2']) await tell(pair.alice, 'bob', text)
    await tell(pair.bob, 'alice', 'to alice, after')

    const refused = await startup('restore', backup, '--data', data)
    expect(refused).toMatchObject({
      code: 78,
      output: expect.stringContaining('Cannot restore: an overlay with the data in'),
    })
  }
  const { code, output } = await startup('restore', backup, '--data', data)
  expect(output).toMatch(/is restored into .*\. What was there before is in .*state\.before-restore-/)
  expect(code).toBe(0)
  expect(readdirSync(folder).filter(name => name.startsWith(`${basename(data)}.before-restore-`))).toHaveLength(1)

  await using overlay = await Overlay.start(options)
  using pair = await connect(overlay)
  for (let n = 0; n < 5; n += 1) {
    await tell(pair.alice, 'bob', `again ${n}`)
    await tell(pair.bob, 'alice', `again to alice ${n}`)
  }
  const again = Array.from({ length: 5 }, (_, n) => [`again ${n}`, `again to alice ${n}`]).flat()
  for (const history of [await pair.alice.history('bob'), await pair.bob.history('alice')]) {
    const shown = texts(history)
    // What was sent during the backup came back up to some point, without a gap.
    const kept = shown.filter(text => text.startsWith('during'))
    expect(kept).toEqual(during.slice(0, kept.length))
    expect(shown).toEqual([...before, 'to alice', ...kept, ...again])
  }
})

test('numbers that a restored proxy gives again are not mistaken for those that its neighbour remembers', async () => {
  const after = ['after 1', 'after 2', 'after 3']
  let backup: string
  {
    await using overlay = await Overlay.start(options)
    using pair = await connect(overlay)
    const { output } = await startup('backup', join(folder, 'second'), '--data', data)
    backup = /The backup is whole: (\S+)/.exec(output)?.[1] ?? ''
    for (const text of after) await tell(pair.alice, 'bob', text)
  }
  const { output } = await startup('restore', backup, '--data', data)
  const aside = /What was there before is in (\S+)\./.exec(output)?.[1] ?? ''
  // As if bob were on another machine, which was not restored.
  rmSync(join(data, 'bob'), { recursive: true })
  renameSync(join(aside, 'bob'), join(data, 'bob'))

  const anew = ['anew 1', 'anew 2', 'anew 3']
  {
    await using overlay = await Overlay.start({ ...options, args: [...options.args, '--only', 'alice'] })
    const alice = new PeerClient(overlay.peer(0))
    for (const text of anew) await alice.send('bob', text)
  }
  await using overlay = await Overlay.start(options)
  using pair = await connect(overlay)
  await tell(pair.bob, 'alice', 'and back')
  await tell(pair.alice, 'bob', 'the last')
  const shown = texts((await pair.bob.history('alice')).filter(({ sender }) => sender === 'alice'))
  expect(shown.slice(-7)).toEqual([...after, ...anew, 'the last'])
  expect(texts(await pair.alice.history('bob'))).toContain('and back')
})

test('a restore of what is no backup is refused with the reason, and touches nothing', async () => {
  const nothing = temporaryFolder()
  const { code, output } = await startup('restore', nothing, '--data', join(nothing, 'data'))
  expect(output).toContain(`Cannot restore from ${nothing}: it has no manifest.json`)
  expect(code).toBe(78)
  expect(existsSync(join(nothing, 'data'))).toBe(false)
  rmSync(nothing, { recursive: true })
})
