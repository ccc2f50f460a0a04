/** Parts of an overlay that were started one by one, each with a data folder and an address of its own. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { overlayKey } from '../../shared/process/overlay-key.ts'
import { freeBase } from '../harness/free-base.ts'
import { type ConfigChange, Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let folder: string
let config: string
let base: number
const running = new Map<string, Overlay>()
let alice: PeerClient
let bob: PeerClient

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
/** Where each part is put: its own host wherever it can have one. */
const at = {
  controller: () => `127.0.0.2:${base + 3000}`,
  proxy: { alice: () => `127.0.0.3:${base + 5000}`, bob: () => `127.0.0.4:${base + 5000}` },
  peer: { alice: () => `127.0.0.3:${base}`, bob: () => `127.0.0.1:${base + 7}` },
}
const person = (name: 'alice' | 'bob', n: number) => ({
  ...{ kind: 'person', mode: 'manual', name, n },
  ...{ proxy: at.proxy[name](), peer: at.peer[name]() },
})
const spread: ConfigChange = given => ({
  ...given,
  controller: at.controller(),
  instances: [
    person('alice', 1),
    person('bob', 2),
    { kind: 'service', name: 'thermometer1', n: 4, service: 'thermometer' },
  ],
})

/** The data folder of a part: one that proxies and the controller share a key in. */
const dataOf = (part: string): string => join(folder, part.replaceAll(' ', '-'))

function launch(part: string, { data = dataOf(part), args = [] as string[] } = {}): Promise<Overlay> {
  return Overlay.launch({ base, data, args: [...part.split(' '), '--config', config, ...args] })
}

async function startPart(part: string): Promise<Overlay> {
  const overlay = await launch(part)
  running.set(part, overlay)
  return overlay
}

async function refusal(part: string, given: Parameters<typeof launch>[1] = {}) {
  await using overlay = await launch(part, given)
  return { code: await overlay.exited, output: overlay.output }
}

const part = (name: string): Overlay => {
  const found = running.get(name)
  if (found === undefined) throw new Error(`${name} was not started`)
  return found
}
const stop = async (name: string): Promise<number | null> => part(name).stop()

beforeAll(async () => {
  folder = temporaryFolder()
  base = await freeBase()
  config = writeConfig(folder, spread)
  overlayKey(dataOf('controller'))
  for (const name of ['proxy alice', 'proxy bob']) {
    mkdirSync(dataOf(name))
    copyFileSync(join(dataOf('controller'), 'overlay.key'), join(dataOf(name), 'overlay.key'))
  }
  const [proxy, peer] = [await startPart('proxy alice'), await startPart('peer alice')]
  await proxy.printed(
    new RegExp(`proxy alice is not ready yet: it waits for its first routing table.*http://${at.controller()};`),
  )
  await peer.printed(new RegExp(`peer alice is ready at http://${at.peer.alice()} after`))
  const rest = await Promise.all(['peer bob', 'proxy bob', 'controller'].map(startPart))
  await Promise.all([proxy, ...rest].map(overlay => overlay.printed(/ is ready at \S+ after .* Ctrl\+C stops it/)))
  alice = await PeerClient.connect(`http://${at.peer.alice()}`)
  bob = await PeerClient.connect(`http://${at.peer.bob()}`)
}, 300_000)

afterAll(async () => {
  alice?.[Symbol.dispose]()
  bob?.[Symbol.dispose]()
  for (const overlay of running.values()) await overlay[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}, 300_000)

/** Both ways, and the sender hears of it. */
async function talk(words: string): Promise<void> {
  for (const [from, to, name] of [
    [alice, bob, 'bob'],
    [bob, alice, 'alice'],
  ] as const) {
    const id = await from.send(name, `${words}, ${name}`)
    expect(await to.message(message => message.id === id)).toMatchObject({ message: `${words}, ${name}` })
    await from.state(id, 'received')
  }
}

test('parts that were started one by one, in any order, are one overlay at the addresses of the configuration', async () => {
  expect(part('peer bob').output).toContain(`peer bob is ready at http://localhost:${base + 7} after`)
  await talk('hello')
  const views = plain((await call('GET', `http://${at.controller()}/api/proxies`)).body)
  // In the order in which they registered, which is any.
  expect(views.map(({ name, host, port }: Record<string, unknown>) => `${name} ${host}:${port}`).sort()).toEqual([
    `alice ${at.proxy.alice()}`,
    `bob ${at.proxy.bob()}`,
  ])
  const table = plain((await call('GET', `http://${at.controller()}/api/proxies/alice/endpoints`)).body)
  expect(table.endpoints.bob).toEqual({ kind: 'peer', host: '127.0.0.4', port: base + 5000 })
  expect(table.endpoints.thermometer1).toEqual({ kind: 'peer', host: '127.0.0.1', port: base + 5004 })
  const links = await call('GET', `http://${at.peer.alice()}/api/links`)
  expect(links.body).toMatchObject({ dashboard: `http://${at.controller()}` })
})

test('each part is one supervised process with logs and bundles of its own; one that dies is started again', async () => {
  for (const [name, overlay] of running) {
    expect([...overlay.processes().keys()]).toEqual([name])
    expect(existsSync(join(dataOf(name), 'build', name.replaceAll(' ', '-'), 'processes'))).toBe(true)
    expect(overlay.log(name)).toContain('ready')
  }
  const dead = part('proxy alice').processes().get('proxy alice')
  part('proxy alice').kill('proxy alice')
  await part('proxy alice').printed(/proxy alice died \(SIGKILL\); it is started again/)
  await talk('again')
  expect(part('proxy alice').processes().get('proxy alice')).not.toBe(dead)
})

test('what is sent while one proxy is stopped arrives when it is started again', async () => {
  expect(await stop('proxy bob')).toBe(0)
  expect(part('proxy bob').processes().size).toBe(0)
  const id = await alice.send('bob', 'for later')
  await alice.state(id, 'waiting')
  await startPart('proxy bob')
  expect(await bob.message(message => message.id === id)).toMatchObject({ message: 'for later', stored: true })
  await alice.state(id, 'received')
})

test('a service is started as a peer, shares a folder with its proxy, and says whom it waits for', async () => {
  const data = dataOf('controller')
  await using service = await launch('peer thermometer1', { data })
  await service.printed(/peer thermometer1 is not ready yet: it waits for its proxy \(127\.0\.0\.1:\d+;/)
  await using proxy = await launch('proxy thermometer1', { data })
  await service.printed(/peer thermometer1 is ready after/)
  await proxy.printed(/proxy thermometer1 is ready at/)
  const id = await alice.send('thermometer1', 'range')
  await alice.message(message => message.metadata.replyTo === id)
})

test('a part is refused beside itself, everything is refused beside a part, and a backup is not', async () => {
  const again = await refusal('proxy alice')
  expect(again.code).toBe(78)
  expect(again.output).toMatch(
    /^Cannot start proxy alice: proxy alice with the data in \S+ is running already \(process \d+\)/,
  )
  const elsewhere = await refusal('proxy alice', { data: join(folder, 'elsewhere') })
  expect(elsewhere.code).toBe(78)
  expect(elsewhere.output).toContain(`port ${base + 5000} of 127.0.0.3 is in use`)
  const whole = await Overlay.launch({ base, data: dataOf('proxy alice'), args: ['--config', config] })
  expect([await whole.exited, whole.output]).toEqual([
    78,
    expect.stringMatching(/^Cannot start: proxy alice with the data in/),
  ])
  const status = await Overlay.launch({ base, data: dataOf('proxy alice'), args: ['status'] })
  expect([await status.exited, status.output]).toEqual([3, expect.stringMatching(/proxy alice \(process \d+\)/)])
  const backup = join(folder, 'backup')
  const copied = await Overlay.launch({ base, data: dataOf('proxy alice'), args: ['backup', backup] })
  expect([await copied.exited, copied.output]).toEqual([0, expect.stringContaining('The backup is whole')])
  const restored = await Overlay.launch({ base, data: dataOf('proxy alice'), args: ['restore', backup] })
  expect([await restored.exited, restored.output]).toEqual([
    78,
    expect.stringContaining('Cannot restore: proxy alice with the data in'),
  ])
  await talk('still there')
})

test('a proxy with a key of its own is told to copy that of the controller', async () => {
  await stop('proxy bob')
  await using other = await launch('proxy bob', { data: join(folder, 'another') })
  await other.printed(/the overlay key is missing or wrong\..*copy that of the controller/)
  await other.printed(/proxy bob is not ready yet/)
  await other.stop()
  expect(other.output.match(/the overlay key is missing or wrong/g)).toHaveLength(1)
  expect(other.output).not.toMatch(/proxy bob +ready/)
  await (await startPart('proxy bob')).printed(/proxy bob is ready/)
  await talk('the right one')
})

test.each<[string, string[], RegExp]>([
  ['proxy joe', [], /^Cannot start "joe": the configuration has no such instance\. Known: alice, bob, thermometer1\./],
  ['peer GPT', [], /^Cannot start "GPT": it is an AI route, which each proxy calls by itself\. Known: alice/],
  ['proxy', [], /proxy needs a name after it/],
  ['controller alice', [], /controller takes nothing after it, not "alice"\./],
  ['peer alice', ['--only', 'alice'], /^Cannot start peer with --only/],
])('%s %j is refused in words', async (name, args, words) => {
  const { code, output } = await refusal(name, { args, data: join(folder, 'none') })
  expect([code, output]).toEqual([78, expect.stringMatching(words)])
})

test('an address beyond this machine is refused with file, field and reason', async () => {
  const file = writeConfig(temporaryFolder(), given => {
    const { instances, ...rest } = plain(spread(given))
    return { ...rest, instances: [{ ...instances[0], proxy: '192.168.0.7:10001' }, ...instances.slice(1)] }
  })
  const { code, output } = await refusal('proxy alice', { args: ['--config', file], data: join(folder, 'none') })
  expect(code).toBe(78)
  expect(output).toContain(`Cannot use configuration ${file}: instances.alice.proxy is beyond this machine`)
  expect(output).toContain('as long as members cannot prove who they are')
})

test('messages flow without the controller, also through a proxy that starts without it', async () => {
  expect(await stop('controller')).toBe(0)
  await talk('nobody above')
  await stop('proxy alice')
  const proxy = await startPart('proxy alice')
  await proxy.printed(/controller is not reachable; the last good table stays in force/)
  await proxy.printed(/proxy alice is ready at/)
  await talk('nobody above, and started anew')
})

test('a demonstration is answered by a provider beside the controller', async () => {
  await using controller = await launch('controller', { data: join(folder, 'demo'), args: ['--demo'] })
  await controller.printed(/controller is ready at/)
  expect([...controller.processes().keys()]).toEqual(['controller'])
  expect((await fetch(`http://127.0.0.1:${base + 4000}/healthz`)).status).toBe(200)
  await controller.stop()
  await expect(fetch(`http://127.0.0.1:${base + 4000}/healthz`)).rejects.toThrow()
})

test('every part stops within five seconds and leaves no process', async () => {
  for (const [name, overlay] of running) {
    if (name === 'controller') continue
    const began = Date.now()
    expect([name, await overlay.stop()]).toEqual([name, 0])
    expect(Date.now() - began).toBeLessThan(5_000)
    expect(overlay.processes().size).toBe(0)
  }
})
