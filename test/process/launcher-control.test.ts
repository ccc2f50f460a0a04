/** Commands from another terminal, against real overlays: status, stop, add, remove; and the flags that leave something out. */
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readChangedPersons } from '../../config/changed-persons.ts'
import { LauncherFile, OverlayStatus } from '../../shared/launch/control-protocol.ts'
import { isAlive } from '../../shared/launch/wrappers.ts'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, temporaryFolder } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const CONFIG = join(import.meta.dirname, '..', '..', 'config', 'overlay.json')

/** Where an overlay is: its data, its ports, a configuration of its own with the text of the default one. */
type Place = { readonly data: string; readonly base: number; readonly config: string }

async function newPlace(): Promise<Place> {
  const data = temporaryFolder()
  const config = join(data, 'overlay.json')
  cpSync(CONFIG, config)
  return { data, base: await freeBase(), config }
}

const inPlace = ({ data, base, config }: Place, args: readonly string[]) => ({
  data,
  base,
  args: [...args, '--config', config],
})

/** Runs a command as another terminal would. */
async function command(place: Place, ...args: string[]): Promise<{ output: string; code: number | null }> {
  await using run = await Overlay.launch(inPlace(place, args))
  const code = await run.exited
  return { output: run.output, code }
}

async function status(place: Place): Promise<OverlayStatus> {
  const { output } = await command(place, 'status', '--json')
  return OverlayStatus.parse(JSON.parse(output))
}

const personsOf = ({ data }: Place) => readChangedPersons(data)

const token = ({ data }: Place) => LauncherFile.parse(JSON.parse(readFileSync(join(data, 'launcher.json'), 'utf8')))

async function proxyNames(overlay: Overlay): Promise<string> {
  return JSON.stringify((await call('GET', `${overlay.controller}/api/proxies`)).body)
}

test('status tells of every process, of one that died and came back, and that nothing runs before and after', async () => {
  const place = await newPlace()
  expect(await command(place, 'status')).toMatchObject({ code: 3, output: expect.stringContaining('Nothing runs') })
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  const shown = await command(place, 'status')
  expect(shown.code).toBe(0)
  for (const line of [/proxy alice +ready +\d+ +127\.0\.0\.1:\d+ /, /An overlay runs for/, /Everything is ready/])
    expect(shown.output).toMatch(line)
  const before = await status(place)
  expect(new Map(before.processes.map(({ name, pid }) => [name, pid]))).toEqual(overlay.processes())
  overlay.kill('peer alice')
  await overlay.printed(/peer alice died[\s\S]*peer alice +ready/)
  const after = await status(place)
  const [old, now] = [before, after].map(({ processes }) => processes.find(({ name }) => name === 'peer alice'))
  expect(now).toMatchObject({ state: 'ready', restarts: 1 })
  expect(now?.pid).not.toBe(old?.pid)
  await overlay.stop()
  expect(await command(place, 'status')).toMatchObject({ code: 3, output: expect.stringContaining('Nothing runs') })
})

test('status answers while the overlay still starts, and its exit code says that not all is ready', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.launch(inPlace(place, ['--only', 'alice']))
  while (!existsSync(join(place.data, 'launcher.json'))) await new Promise(resolve => setTimeout(resolve, 5))
  const { url, token: key } = token(place)
  const answer = await call('GET', `${url}/api/status`, undefined, { authorization: `Bearer ${key}` })
  const { processes } = OverlayStatus.parse(answer.body)
  expect(processes.map(({ name }) => name)).toEqual(['controller', 'proxy alice', 'peer alice'])
  expect(processes.at(-1)).toMatchObject({ state: 'starting', pid: null })
  await overlay.printed(/everything is ready/)
})

test('stop from another terminal leaves no process and no file, and has nothing to do the second time', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  const pids = [...overlay.processes().values(), overlay.launcherPid]
  const stopped = await command(place, 'stop')
  expect(pids.filter(isAlive)).toEqual([])
  expect(stopped).toMatchObject({ code: 0, output: expect.stringMatching(/peer alice has ended[\s\S]*is stopped/) })
  expect(await overlay.exited).toBe(0)
  expect(existsSync(join(place.data, 'launcher.json'))).toBe(false)
  expect(await command(place, 'stop')).toMatchObject({ code: 0, output: expect.stringContaining('Nothing to stop') })
})

test('a launcher that was killed is not taken for a running one', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  overlay.signal('SIGKILL')
  await overlay.exited
  expect(await command(place, 'status')).toMatchObject({
    code: 3,
    output: expect.stringContaining(`Its launcher (process ${overlay.launcherPid}) ended without a stop.`),
  })
  expect(await command(place, 'stop')).toMatchObject({ code: 0 })
})

test('a launcher that hangs is sent SIGTERM', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  overlay.signal('SIGSTOP')
  await using stop = await Overlay.launch(inPlace(place, ['stop']))
  await stop.printed(/does not answer .*SIGTERM/)
  overlay.signal('SIGCONT')
  expect(await stop.exited).toBe(0)
  expect(await overlay.exited).toBe(0)
})

test('calls without the token of the launcher are refused, and its file is readable by its owner only', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  const { url } = token(place)
  for (const headers of [{}, { authorization: `Bearer ${'0'.repeat(64)}` }])
    for (const path of ['/api/stop', '/api/persons', '/openapi.json', '/'])
      expect((await call('POST', url + path, {}, headers)).status).toBe(401)
  expect(statSync(join(place.data, 'launcher.json')).mode & 0o777).toBe(0o600)
  expect(overlay.processes().size).toBe(3)
})

test('a person is added while the overlay runs, writes and is answered at once, and is there after a restart', async () => {
  const place = await newPlace()
  const before = readFileSync(place.config, 'utf8')
  {
    await using overlay = await Overlay.start(inPlace(place, ['--no-thermometer', '--no-openai']))
    const added = await command(place, 'add', 'carol')
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining(`http://localhost:${place.base + 5}`) })
    using alice = await PeerClient.connect(overlay.peer(1))
    using carol = await PeerClient.connect(overlay.peer(5))
    await alice.send('carol', 'Welcome!')
    await carol.message(message => message.message === 'Welcome!')
    await carol.send('alice', 'Thank you.')
    await alice.message(message => message.message === 'Thank you.')
    const peers = JSON.stringify((await call('GET', `${overlay.peer(5)}/api/peers`)).body)
    for (const name of ['behrooz', 'alice', 'bob', 'BOT', 'thermometer1', 'GPT', 'MISTRAL'])
      expect(peers).toContain(name)
    expect((await status(place)).processes.map(({ name }) => name)).toContain('peer carol')
    expect(readFileSync(place.config, 'utf8')).toBe(before)
    expect(personsOf(place)).toMatchObject({ added: [{ name: 'carol', n: 5 }], removed: [] })
  }
  await using again = await Overlay.start(inPlace(place, ['--only', 'alice,carol']))
  using carol = await PeerClient.connect(again.peer(5))
  expect((await carol.history('alice')).map(({ message }) => message)).toContain('Welcome!')
})

test('a person who is removed is gone for everybody; added again, what was said is there', async () => {
  const place = await newPlace()
  const before = readFileSync(place.config, 'utf8')
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'behrooz']))
  await command(place, 'add', 'carol')
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const id = await behrooz.send('carol', 'Are you there?')
  await behrooz.state(id, 'received')
  const removed = await command(place, 'remove', 'CAROL')
  expect(removed).toMatchObject({ code: 0, output: expect.stringMatching(/history stays in .*carol[\s\S]*add carol/) })
  expect(readFileSync(place.config, 'utf8')).toBe(before)
  expect(personsOf(place)).toEqual({ added: [], removed: [] })
  expect([...overlay.processes().keys()].join()).not.toContain('carol')
  expect(await proxyNames(overlay)).not.toContain('carol')
  await behrooz.event(({ name, data }) => name === 'peers' && !data.some(peer => peer.name === 'carol'))
  expect((await call('POST', `${overlay.peer(0)}/api/conversations/carol/messages`, { message: 'x' })).status).toBe(404)
  expect(await command(place, 'add', 'carol')).toMatchObject({ code: 0 })
  await behrooz.sees('carol', { online: true })
  using carol = await PeerClient.connect(overlay.peer(5))
  expect((await carol.history('behrooz')).map(({ message }) => message)).toEqual(['Are you there?'])
  await carol.send('behrooz', 'Yes, again.')
  await behrooz.message(message => message.message === 'Yes, again.')
})

test('what waits for somebody who is removed arrives once that person is back, though at other ports', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'behrooz']))
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const id = await behrooz.send('bob', 'Are you there?')
  await behrooz.state(id, 'waiting')
  await command(place, 'remove', 'bob')
  expect(await command(place, 'add', 'carol')).toMatchObject({ output: expect.stringContaining(`:${place.base + 2},`) })
  expect(await command(place, 'add', 'bob')).toMatchObject({ output: expect.stringContaining(`:${place.base + 5},`) })
  await behrooz.state(id, 'received')
  expect(personsOf(place).added.at(-1)).toEqual({
    kind: 'person',
    name: 'bob',
    n: 5,
    displayName: 'Bob',
    mode: 'canned',
  })
  using bob = await PeerClient.connect(overlay.peer(5))
  expect((await bob.history('behrooz'))[0]?.message).toBe('Are you there?')
})

test('what cannot be added or removed is refused in words, and nothing changes', async () => {
  const place = await newPlace()
  const before = readFileSync(place.config, 'utf8')
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  mkdirSync(join(place.data, 'carol'))
  writeFileSync(join(place.data, 'carol', 'proxy.db'), 'not a database at all, but long enough'.repeat(40))
  for (const [verb, name, words] of [
    ['add', 'ALICE', 'name "ALICE" is taken by another instance'],
    ['add', 'gpt', 'name "gpt" is taken by the route "GPT"'],
    ['add', 'Logs', 'name "Logs" is taken by the overlay itself'],
    ['add', 'a b', 'name must be 1 to 32 letters'],
    ['add', 'carol', 'The configuration is as it was before.'],
    ['remove', 'BOT', 'it is an assistant, no person'],
    ['remove', 'dora', 'Persons there: behrooz, alice, bob.'],
  ] as const)
    expect(await command(place, verb, name)).toMatchObject({ code: 78, output: expect.stringContaining(words) })
  expect(readFileSync(place.config, 'utf8')).toBe(before)
  expect(overlay.processes().size).toBe(3)
  expect(await proxyNames(overlay)).not.toContain('carol')
})

test('two persons who are added at once both come, with ports of their own', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  const added = await Promise.all([command(place, 'add', 'carol'), command(place, 'add', 'dora')])
  expect(added.map(({ code }) => code)).toEqual([0, 0])
  const names = [...overlay.processes().keys()]
  expect(names).toEqual(expect.arrayContaining(['peer carol', 'proxy carol', 'peer dora', 'proxy dora']))
})

test('without a running overlay persons come and go with the data, also three at once', async () => {
  const place = await newPlace()
  const before = readFileSync(place.config, 'utf8')
  const added = await Promise.all(['carol', 'dora', 'emil'].map(name => command(place, 'add', name)))
  expect(added.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(added[0]?.output).toContain('from the next start')
  expect(personsOf(place).added.map(({ n }) => n)).toEqual([5, 6, 7])
  for (const name of ['emil', 'carol', 'dora']) expect(await command(place, 'remove', name)).toMatchObject({ code: 0 })
  expect(readFileSync(place.config, 'utf8')).toBe(before)
  expect(personsOf(place)).toEqual({ added: [], removed: [] })
  for (const name of ['behrooz', 'alice']) await command(place, 'remove', name)
  expect(await command(place, 'remove', 'bob')).toMatchObject({
    code: 78,
    output: expect.stringContaining('that is the last person'),
  })
}, 180_000)

test('a person who is removed and added again where nothing runs is as before, with the same address', async () => {
  const place = await newPlace()
  const peer = `127.0.0.2:${place.base + 50}`
  const bob = { kind: 'person', name: 'bob', n: 2, displayName: 'Bob', mode: 'away', peer }
  const config = readFileSync(place.config, 'utf8').replace(/\{[^}]*"bob"[^}]*\}/, JSON.stringify(bob))
  writeFileSync(place.config, config)
  expect(await command(place, 'remove', 'bob')).toMatchObject({ code: 0, output: expect.stringContaining('add bob') })
  expect(await command(place, 'add', 'bob')).toMatchObject({
    code: 0,
    output: expect.stringContaining(`http://${peer}`),
  })
  expect(readFileSync(place.config, 'utf8')).toBe(config)
  expect(personsOf(place)).toEqual({ added: [], removed: [] })
})

test('a person taken out of the configuration by hand is out of the tables after the next start', async () => {
  const place = await newPlace()
  {
    await using _first = await Overlay.start(inPlace(place, ['--only', 'alice']))
  }
  const { instances, ...rest } = JSON.parse(readFileSync(place.config, 'utf8'))
  const others = instances.filter(({ name }: { name: string }) => name !== 'bob')
  writeFileSync(place.config, JSON.stringify({ ...rest, instances: others }))
  await using overlay = await Overlay.start(inPlace(place, ['--only', 'alice']))
  const table = JSON.stringify((await call('GET', `${overlay.controller}/api/proxies/alice/endpoints`)).body)
  expect(table).toContain('behrooz')
  expect(table).not.toContain('"bob"')
})

test('--no-web serves no page and says so; programs reach the peers as before', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--no-web', '--only', 'alice']))
  for (const url of [overlay.peer(1), overlay.controller])
    expect(await call('GET', url)).toMatchObject({
      status: 404,
      body: { error: { code: 'no_page', message: expect.stringContaining('--no-web') } },
    })
  expect(await call('GET', `${overlay.peer(1)}/api/me`)).toMatchObject({ status: 200, body: { name: 'alice' } })
  expect(existsSync(join(place.data, 'build', 'pages'))).toBe(false)
  expect(overlay.output).toMatch(/NAME +API +PROXY/)
})

test('--no-thermometer and --no-openai start neither thermometer nor assistant', async () => {
  const place = await newPlace()
  await using overlay = await Overlay.start(inPlace(place, ['--no-thermometer', '--no-openai']))
  expect([...overlay.processes().keys()].sort()).toEqual(
    ['controller', ...['alice', 'behrooz', 'bob'].flatMap(name => [`peer ${name}`, `proxy ${name}`])].sort(),
  )
})

test('commands point to the demonstration where that is what runs', async () => {
  const place = await newPlace()
  const demo = { ...place, data: join(place.data, 'demo') }
  await using _overlay = await Overlay.start(inPlace(demo, ['--demo', '--only', 'alice']))
  expect((await command(place, 'status')).output).toContain('A demonstration runs: add --demo.')
  expect((await command(place, 'stop')).output).toContain('A demonstration runs: add --demo.')
  expect((await command(demo, 'status', '--demo')).output).toContain('A demonstration runs for')
})
