/** Row 13: a disk that is full or fails. Nothing is accepted that is not on it, everybody is told, and it goes on by itself. */
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DISK_FAULTS, type DiskFault, FailingDisk } from '../harness/failing-disk.ts'
import { Fleet } from '../harness/fleet.ts'
import { type Answer, call, PeerClient } from '../harness/peer-client.ts'
import { sampleSubmission } from '../harness/samples.ts'
import { count, isFull, report } from './report.ts'

const MESSAGES = count({ full: 50, small: 10 })
const TIMES = count({ full: 3, small: 1 })
/** Longer than anything here takes on a busy machine, in milliseconds. */
const PATIENCE_MS = 60_000

let fleet: Fleet
let alice: PeerClient
/** Everything that alice's peer or proxy accepted, in its order. */
const accepted: string[] = []
const refused: string[] = []
let injected = 0
let hit = 0

beforeAll(async () => {
  const instances = ['alice', 'bob', 'carol'].map((name, n) => ({ kind: 'person', name, n, mode: 'manual' }))
  fleet = await Fleet.open({ config: config => ({ ...config, instances }) })
  await fleet.startAll('alice', 'bob')
  alice = await PeerClient.connect(fleet.peer(0))
  await alice.sees('bob', { online: true })
})
afterAll(async () => {
  report({
    row: 13,
    fault: 'disk full, or failing at write or sync',
    injected,
    hit,
    messages: accepted.length + refused.length,
    held: `0/0/0, ${refused.length} refused, none of them shown`,
  })
  alice[Symbol.dispose]()
  await fleet[Symbol.asyncDispose]()
})

const urls = () => ({
  'peer alice': fleet.peer(0),
  'proxy alice': fleet.proxy(0),
  'proxy bob': fleet.proxy(1),
  'peer bob': fleet.peer(1),
})
type Title = keyof ReturnType<typeof urls>

const storeOf = (title: Title): string => {
  const [kind = '', name = ''] = title.split(' ')
  return join(fleet.data, name, `${kind}.db`)
}

const breakDisk = (title: Title, fault: DiskFault): Promise<FailingDisk> =>
  FailingDisk.begin(fleet.life(title).pid, { store: storeOf(title), fault })

async function mend(disk: FailingDisk): Promise<void> {
  await disk[Symbol.asyncDispose]()
  injected += 1
  hit += disk.hits
  expect(disk.hits).toBeGreaterThan(0)
}

let last = 0
/** One message after the other, so that their order is known; several at once for load. */
async function post(): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let n = 0; n < MESSAGES; n += 1) {
    last += 1
    const message = `message ${last}`
    const answer = await call('POST', `${fleet.peer(0)}/api/conversations/bob/messages`, { message })
    if (answer.status === 202) accepted.push(message)
    else refused.push(message)
    answers.push(answer)
  }
  return answers
}

const isReady = async (title: Title) => (await fetch(`${urls()[title]}/readyz`)).status === 200

/** Asks until it is so, or for too long: what is expected then says what was found instead. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await isSo()) && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 20))
}

async function readyAgain(title: Title): Promise<void> {
  await until(() => isReady(title))
  expect(await (await fetch(`${urls()[title]}/readyz`)).json()).toEqual({ status: 'ok' })
}

/** The health of a process whose disk fails: known once something could not be written. */
async function expectRed(title: Title): Promise<void> {
  await until(async () => !(await isReady(title)))
  const ready = await call('GET', `${urls()[title]}/readyz`)
  expect(ready.status).toBe(503)
  expect(ready.body).toMatchObject({
    status: 'not ready',
    reason: expect.stringMatching(/^Cannot write \w+\.db: the disk/),
  })
  const metrics = await (await fetch(`${urls()[title]}/metrics`)).text()
  expect(metrics).toContain('overlay_storage_writable 0')
}

/** What bob was shown is what alice's side accepted: all of it, once, in order, and nothing else. */
async function expectAllShown(): Promise<void> {
  const newest = accepted.at(-1)
  using bob = new PeerClient(fleet.peer(1))
  const shown = async () => (await bob.history('alice')).map(({ message }) => message)
  await until(async () => (await shown()).at(-1) === newest)
  expect(await shown()).toEqual(accepted.slice(-200))
}

const REMEDY =
  /^Cannot write \w+\.db: the disk (is full\. Free some space|fails \(SQLITE_IOERR\w*\)\. Look at the disk)/
const faults: DiskFault[] = isFull ? ['full', 'failing at write', 'failing at sync'] : ['full', 'failing at sync']

test.each(faults)("sender's peer with a disk %s accepts nothing, says why, and goes on by itself", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await breakDisk('peer alice', fault)
    for (const answer of await post()) {
      expect(answer.status).toBe(507)
      expect(answer.body).toMatchObject({ error: { code: 'storage_failed', message: expect.stringMatching(REMEDY) } })
    }
    await expectRed('peer alice')
    await mend(disk)
    await readyAgain('peer alice')
    for (const answer of await post()) expect(answer.status).toBe(202)
    await expectAllShown()
  }
})

test.each(faults)("sender's proxy with a disk %s takes nothing over; the peer keeps it until it does", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await breakDisk('proxy alice', fault)
    const submission = sampleSubmission({ destination: 'bob', message: 'straight to the proxy', id: uuidv7() })
    const answer = await call('POST', `${fleet.proxy(0)}/messages`, submission)
    refused.push(submission.message)
    expect(answer.status).toBe(507)
    expect(answer.body).toMatchObject({ error: { code: 'storage_failed', message: expect.stringMatching(REMEDY) } })
    for (const kept of await post()) expect(kept.status).toBe(202)
    await expectRed('proxy alice')
    await mend(disk)
    await readyAgain('proxy alice')
    await expectAllShown()
  }
})

test.each(faults)(
  "recipient's proxy with a disk %s acknowledges nothing; the sender is told why it waits",
  async fault => {
    for (let time = 0; time < TIMES; time += 1) {
      await using disk = await breakDisk('proxy bob', fault)
      const from = alice.heard.length
      await post()
      await alice.event(event => {
        const isNew = alice.heard.indexOf(event) >= from
        return (
          isNew &&
          event.name === 'state' &&
          (event.data.reason?.includes("bob's proxy does not take messages: Cannot write") ?? false)
        )
      })
      await expectRed('proxy bob')
      await mend(disk)
      await readyAgain('proxy bob')
      await expectAllShown()
    }
  },
)

test.each(faults)("recipient's peer with a disk %s shows nothing that it could not keep", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await breakDisk('peer bob', fault)
    const before = accepted.length
    await post()
    await expectRed('peer bob')
    using bob = new PeerClient(fleet.peer(1))
    const shown = (await bob.history('alice')).map(({ message }) => message)
    expect(shown).toEqual(accepted.slice(0, before).slice(-200))
    await mend(disk)
    await readyAgain('peer bob')
    await expectAllShown()
  }
})

test.each<Title>(['peer alice', 'proxy alice', 'proxy bob', 'peer bob'])(
  '%s that dies while its disk is full has everything that was accepted when it is back',
  async title => {
    const [kind, name] = title.split(' ')
    if (kind !== 'peer' && kind !== 'proxy') throw new Error('no such process')
    await post()
    await using disk = await breakDisk(title, 'full')
    await post()
    await expectRed(title)
    await fleet.life(title).kill()
    await mend(disk)
    await fleet.start(kind, name)
    await post()
    await expectAllShown()
  },
)

test('process that starts for the first time on a full disk says so, ends to be started again, and then starts', async () => {
  const store = join(fleet.data, 'carol', 'peer.db.new')
  const under = ['strace', '-f', '-qq', '-o', '/dev/null', '-P', store, '-e', `inject=${DISK_FAULTS.full}`]
  const life = fleet.launch('peer', 'carol', { under })
  expect(await life.exited).toMatchObject({ code: 1 })
  expect(life.output).toContain('Cannot write peer.db: the disk is full. Free some space')
  await fleet.start('proxy', 'carol')
  await fleet.start('peer', 'carol')
})
