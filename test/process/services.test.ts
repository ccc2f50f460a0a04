/** Services as their users meet them: commands, subscriptions, modules of one's own, and what a crash leaves of all that. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fleet } from '../harness/fleet.ts'
import { Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { scratchFolder } from '../harness/scratch.ts'

const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'services.md')
/** The example of the documentation itself, so that it cannot be wrong. */
const dice = (): string => /```ts\n(.*?)```/s.exec(readFileSync(DOCS, 'utf8'))?.[1] ?? ''

const POISON = `
import { defineService } from 'overlay-chat/service'
let turn = 0
export default defineService({
  name: 'poison',
  about: 'Fails in every way.',
  commands: {
    end: { help: 'ends its process', run: () => process.kill(process.pid, 'SIGKILL') && 'never said' },
    lie: { help: 'returns what is no reply', run: () => ({ text: 'x', metadata: { readings: ['warm'] } }) },
    half: { help: 'subscribes, and throws', run: desk => { desk.subscribe(); throw new Error('half-way') } },
  },
  publish: {
    everySeconds: 0.2,
    make: () => { turn += 1; if (turn % 2 === 1) throw new Error('no luck'); return 'lucky' },
  },
})`

const person = (name: string, n: number) => ({ kind: 'person', name, n, mode: 'manual' })
const service = (name: string, n: number, rest: object) => ({ kind: 'service', name, n, ...rest })

async function ask(client: PeerClient, to: string, text: string) {
  const id = await client.send(to, text)
  return client.message(({ metadata }) => metadata.replyTo === id)
}

const readingsOf = (client: PeerClient, name: string) =>
  client.heard.flatMap(event =>
    event.name === 'message' && event.data.sender === name && event.data.type === 'subscription' ? [event.data] : [],
  )

/** Resolves once so many more publications came than there are now. */
async function furtherReadings(client: PeerClient, name: string, count: number) {
  const before = new Set(readingsOf(client, name).map(({ id }) => id))
  const further = () => readingsOf(client, name).filter(({ id }) => !before.has(id))
  await client.event(() => further().length >= count)
  return further()
}

describe('in an overlay', () => {
  let overlay: Overlay
  let alice: PeerClient
  const folder = temporaryFolder()

  beforeAll(async () => {
    writeFileSync(join(folder, 'dice.ts'), dice())
    writeFileSync(join(folder, 'poison.ts'), POISON)
    const config = writeConfig(folder, standard => ({
      ...standard,
      instances: [
        person('alice', 0),
        service('thermometer1', 1, { service: 'thermometer', everySeconds: 0.5 }),
        service('dice1', 2, { service: './dice.ts', everySeconds: 0.5 }),
        service('poison1', 3, { service: 'poison.ts' }),
      ],
    }))
    overlay = await Overlay.start({ args: ['--config', config] })
    alice = await PeerClient.connect(overlay.peer(0))
  })
  afterAll(async () => {
    alice[Symbol.dispose]()
    await overlay[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('thermometer answers each command in its words, as a notification', async () => {
    const range = await ask(alice, 'thermometer1', 'range')
    expect(range.type).toBe('notification')
    expect(range.message).toMatch(/^Readings: (2\d\.\d °C(, )?){5}$/)
    expect(range.metadata).toMatchObject({
      unit: '°C',
      readings: Array.from({ length: 5 }, () => expect.any(Number)),
    })
    expect((await ask(alice, 'thermometer1', '/Help')).message).toContain('- `range` five readings now')
    const unknown = await ask(alice, 'thermometer1', 'how are you?')
    expect(unknown.message).toMatch(
      /^I do not know "how are you\?"\.\n\n\*\*thermometer\*\*: A simulated thermometer\./,
    )
    const asked = Date.now()
    expect((await ask(alice, 'thermometer1', 'reboot')).message).toBe('Reboot complete.')
    expect(Date.now() - asked).toBeGreaterThanOrEqual(2_000)
  })

  test('who subscribed gets readings until they unsubscribe, also after the service or its proxy was killed', async () => {
    expect((await ask(alice, 'thermometer1', 'subscribe')).message).toBe('Subscription confirmed.')
    const [reading] = await furtherReadings(alice, 'thermometer1', 2)
    expect(reading?.message).toMatch(/^2[234]\.\d °C$/)
    expect(reading?.metadata).toMatchObject({
      readings: [expect.any(Number)],
      ...{ unit: '°C', time: expect.any(String) },
    })
    for (const killed of ['service thermometer1', 'proxy thermometer1']) {
      const pid = overlay.processes().get(killed)
      overlay.kill(killed)
      await overlay.printed(new RegExp(`${killed} died`))
      const [first] = await furtherReadings(alice, 'thermometer1', 3)
      expect(first).toBeDefined()
      expect(overlay.processes().get(killed)).not.toBe(pid)
    }
    expect((await ask(alice, 'thermometer1', 'reboot')).message).toBe('Reboot complete.')
    await furtherReadings(alice, 'thermometer1', 1)
    expect((await ask(alice, 'thermometer1', 'unsubscribe')).message).toBe('Unsubscribed.')
    const count = readingsOf(alice, 'thermometer1').length
    await ask(alice, 'dice1', 'subscribe')
    await furtherReadings(alice, 'dice1', 3)
    expect(readingsOf(alice, 'thermometer1')).toHaveLength(count)
  })

  test('the example of the documentation is a service, answers for what it throws, and goes on', async () => {
    expect(dice().trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    const rolled = await ask(alice, 'dice1', 'roll 20')
    expect(rolled.message).toMatch(/^You rolled \d+\.$/)
    const usages = ['subscribe', 'unsubscribe', 'roll SIDES', 'help'].join()
    await alice.event(
      ({ name, data }) => name === 'peers' && data.find(peer => peer.name === 'dice1')?.commands?.join() === usages,
    )
    const failed = await ask(alice, 'dice1', 'roll fish')
    expect(failed).toMatchObject({
      type: 'notification',
      message: expect.stringContaining('Cannot carry out `roll`: something went wrong'),
      metadata: { error: { code: 'command_failed', retryable: true }, autoReply: true },
    })
    expect(failed.message).not.toContain('fish')
    // With the place in the source, not in what was bundled from it.
    expect(overlay.log('service dice1')).toMatch(/no die has fish sides.*dice\.ts:15/)
    expect((await ask(alice, 'dice1', 'roll 2')).message).toMatch(/^You rolled [12]\.$/)
    expect((await ask(alice, 'dice1', 'help')).message).toContain('every 0.5 seconds')
  })

  test('a publication that throws is logged, and the next one is tried', async () => {
    await ask(alice, 'poison1', 'subscribe')
    await furtherReadings(alice, 'poison1', 4)
    await ask(alice, 'poison1', 'unsubscribe')
    expect(overlay.log('service poison1')).toContain('a publication failed')
  })

  test('a command that throws half-way changes nothing, and one whose reply is none is answered for', async () => {
    expect((await ask(alice, 'poison1', 'lie')).metadata.error).toEqual({ code: 'command_failed', retryable: true })
    const count = readingsOf(alice, 'poison1').length
    expect((await ask(alice, 'poison1', 'half')).metadata.error?.code).toBe('command_failed')
    await furtherReadings(alice, 'dice1', 3)
    expect(readingsOf(alice, 'poison1')).toHaveLength(count)
  })

  test('a command that ends its process each time is given up, and the next ones are answered', async () => {
    const end = await alice.send('poison1', 'end')
    const next = await alice.send('poison1', 'help')
    const failed = await alice.message(({ metadata }) => metadata.replyTo === end)
    expect(failed.message).toContain('it was interrupted each time it was tried')
    await alice.message(({ metadata }) => metadata.replyTo === next)
    expect(overlay.output.match(/service poison1 died/g)).toHaveLength(3)
  })
})

describe('in a fleet', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await Fleet.open({
      config: standard => ({
        ...standard,
        instances: [
          ...[person('alice', 0), person('bob', 1)],
          service('thermometer1', 2, { service: 'thermometer', everySeconds: 0.3 }),
        ],
      }),
    })
    await fleet.startAll('alice', 'bob')
    await fleet.start('proxy', 'thermometer1')
    await fleet.start('service', 'thermometer1')
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  test.each([
    ['peer', ['peer alice']],
    ['peer and its proxy', ['peer alice', 'proxy alice']],
  ])('a subscriber whose %s is away gets the readings on return, in order and marked as stored', async (_, away) => {
    using bob = await PeerClient.connect(fleet.peer(1))
    {
      using alice = await PeerClient.connect(fleet.peer(0))
      for (const client of [alice, bob]) await ask(client, 'thermometer1', 'subscribe')
      await furtherReadings(alice, 'thermometer1', 1)
    }
    for (const title of away) await fleet.life(title).kill()
    // One may have been under way to both.
    await furtherReadings(bob, 'thermometer1', 1)
    const missed = await furtherReadings(bob, 'thermometer1', 4)
    if (away.includes('proxy alice')) await fleet.start('proxy', 'alice')
    await fleet.start('peer', 'alice')
    using alice = await PeerClient.connect(fleet.peer(0))
    const last = missed.at(-1)?.metadata.time ?? ''
    const times = async () => (await alice.history('thermometer1')).filter(({ type }) => type === 'subscription')
    while (!(await times()).some(({ metadata }) => metadata.time === last)) await alice.event(() => true)
    const received = (await times()).filter(({ metadata }) =>
      missed.some(other => other.metadata.time === metadata.time),
    )
    expect(received.map(({ metadata }) => metadata.time)).toEqual(missed.map(({ metadata }) => metadata.time))
    expect(received.map(({ stored }) => stored)).toEqual(missed.map(() => true))
  })

  test('a command whose service is killed half-way is answered after its return, and once', async () => {
    using alice = await PeerClient.connect(fleet.peer(0))
    const id = await alice.send('thermometer1', 'reboot')
    await alice.state(id, 'received')
    await fleet.life('service thermometer1').kill()
    expect((await alice.history('thermometer1')).filter(({ metadata }) => metadata.replyTo === id)).toEqual([])
    await fleet.start('service', 'thermometer1')
    const reply = await alice.message(({ metadata }) => metadata.replyTo === id)
    expect(reply.message).toBe('Reboot complete.')
    await fleet.life('service thermometer1').kill()
    await fleet.start('service', 'thermometer1')
    await ask(alice, 'thermometer1', 'help')
    expect((await alice.history('thermometer1')).filter(({ metadata }) => metadata.replyTo === id)).toHaveLength(1)
  })

  test('who asks is not held up by somebody whose command takes its time', async () => {
    using alice = await PeerClient.connect(fleet.peer(0))
    using bob = await PeerClient.connect(fleet.peer(1))
    const slow = await alice.send('thermometer1', 'reboot')
    const behind = await alice.send('thermometer1', 'range')
    await alice.state(slow, 'received')
    await ask(bob, 'thermometer1', 'range')
    expect((await alice.history('thermometer1')).some(({ metadata }) => metadata.replyTo === slow)).toBe(false)
    await alice.message(({ metadata }) => metadata.replyTo === behind)
    const answers = (await alice.history('thermometer1')).map(({ metadata }) => metadata.replyTo)
    expect(answers.indexOf(slow)).toBeLessThan(answers.indexOf(behind))
    expect(answers.indexOf(slow)).toBeGreaterThan(-1)
  })
})

test.each([
  [
    'does not build',
    'export default {\n  name: ,\n}',
    /Cannot start dice1: its module does not build: \/[^ ]*\/dice\.ts:2:9: Unexpected ","/,
  ],
  [
    'is not UTF-8',
    Buffer.from('// A die.\nexport default { name: "d\xe9" }', 'latin1'),
    /Cannot start dice1: its module does not build: \/[^ ]*\/dice\.ts: it is not UTF-8: the byte 0xE9 in line 2, column 26/,
  ],
  ['has no default export', 'export const dice = {}', /Cannot start dice1: .*dice\.ts has no default export/],
  [
    'has a bad command',
    'export default { name: "d", about: "d", commands: { Roll: {} } }',
    /dice\.ts is not a service: commands\.Roll must be/,
  ],
  [
    'is not there',
    undefined,
    /Cannot start dice1: there is no file .*dice\.ts\. A service is thermometer, or the file/,
  ],
])('a module that %s stops the start, and the reason names it', async (_, source, words) => {
  const folder = scratchFolder()
  if (source !== undefined) writeFileSync(join(folder, 'dice.ts'), source)
  const instances = [service('dice1', 0, { service: 'dice.ts' })]
  const config = writeConfig(folder, standard => ({ ...standard, instances }))
  await using overlay = await Overlay.launch({ args: ['--config', config] })
  expect(await overlay.exited).not.toBe(0)
  expect(overlay.output).toMatch(words)
})
