/** Row 13: a disk that is full or fails. Nothing is accepted that is not on it, everybody is told, and it goes on by itself. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TableView } from '../../shared/protocol/control.ts'
import { DISK_FAULTS, type DiskFault, FailingDisk } from '../harness/failing-disk.ts'
import { call } from '../harness/peer-client.ts'
import { inFigures, nothingWrong } from './checker.ts'
import { Disks, type Title } from './disks.ts'
import { count, isFull, report } from './report.ts'

const MESSAGES = count({ full: 50, small: 10 })
const TIMES = count({ full: 3, small: 1 })

let disks: Disks

beforeAll(async () => {
  disks = await Disks.open()
})
afterAll(async () => {
  await using all = disks
  const messages = all.history.length
  const held = `${inFigures(await all.verdict())}, ${all.refused.length} refused`
  report({ row: 13, fault: 'disk full, or failing at write or sync', ...all.faults, messages, held })
})

const REMEDY =
  /^Cannot write \w+\.db: the disk (is full\. Free some space|fails \(SQLITE_IOERR\w*\)\. Look at the disk)/
const faults: DiskFault[] = isFull ? ['full', 'failing at write', 'failing at sync'] : ['full', 'failing at sync']

test.each(faults)("sender's peer with a disk %s accepts nothing, says why, and goes on by itself", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await disks.break('peer alice', fault)
    for (const answer of await disks.post(MESSAGES)) {
      expect(answer.status).toBe(507)
      expect(answer.body).toMatchObject({ error: { code: 'storage_failed', message: expect.stringMatching(REMEDY) } })
    }
    await disks.expectRed('peer alice')
    await disks.mend(disk)
    await disks.readyAgain('peer alice')
    for (const answer of await disks.post(MESSAGES)) expect(answer.status).toBe(202)
    await disks.expectAllShown()
  }
})

test.each(faults)("sender's proxy with a disk %s takes nothing over; the peer keeps it until it does", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await disks.break('proxy alice', fault)
    const answer = await disks.handOver()
    expect(answer.status).toBe(507)
    expect(answer.body).toMatchObject({ error: { code: 'storage_failed', message: expect.stringMatching(REMEDY) } })
    for (const kept of await disks.post(MESSAGES)) expect(kept.status).toBe(202)
    await disks.expectRed('proxy alice')
    await disks.mend(disk)
    await disks.readyAgain('proxy alice')
    await disks.expectAllShown()
  }
})

test.each(faults)(
  "recipient's proxy with a disk %s acknowledges nothing; the sender is told why it waits",
  async fault => {
    for (let time = 0; time < TIMES; time += 1) {
      await using disk = await disks.break('proxy bob', fault)
      const { alice } = disks
      const from = alice.heard.length
      await disks.post(MESSAGES)
      await alice.event(event => {
        const isNew = alice.heard.indexOf(event) >= from
        return (
          isNew &&
          event.name === 'state' &&
          (event.data.reason?.includes("bob's proxy does not take messages: Cannot write") ?? false)
        )
      })
      await disks.expectRed('proxy bob')
      await disks.mend(disk)
      await disks.readyAgain('proxy bob')
      await disks.expectAllShown()
    }
  },
)

test.each(faults)("recipient's peer with a disk %s shows nothing that it could not keep", async fault => {
  for (let time = 0; time < TIMES; time += 1) {
    await using disk = await disks.break('peer bob', fault)
    const before = [...disks.history]
    await disks.post(MESSAGES)
    await disks.expectRed('peer bob')
    expect(await disks.verdict(before)).toEqual(nothingWrong)
    await disks.mend(disk)
    await disks.readyAgain('peer bob')
    await disks.expectAllShown()
  }
})

test.each<Title>(['peer alice', 'proxy alice', 'proxy bob', 'peer bob'])(
  '%s that dies while its disk is full has everything that was accepted when it is back',
  async title => {
    await disks.post(MESSAGES)
    await using disk = await disks.break(title, 'full')
    await disks.post(MESSAGES)
    await disks.expectRed(title)
    await disks.kill(title)
    await disks.mend(disk)
    await disks.start(title)
    await disks.post(MESSAGES)
    await disks.expectAllShown()
  },
)

test.each(faults)(
  'controller with a disk %s saves nothing, says why, goes on with heartbeats, and saves again by itself',
  async fault => {
    const { fleet } = disks.stage
    const store = join(fleet.data, 'controller', 'controller.json.tmp')
    const url = `${fleet.controller}/api/proxies/alice/endpoints`
    const { endpoints } = TableView.parse((await call('GET', url)).body)
    const save = (table: unknown) => call('PUT', url, { endpoints: table }, { 'if-match': '*' })
    const health = async () => (await call('GET', `${fleet.controller}/readyz`)).status
    const authorization = `Bearer ${readFileSync(join(fleet.data, 'overlay.key'), 'utf8').trim()}`
    const post = (path: string, body: unknown) => call('POST', `${fleet.controller}${path}`, body, { authorization })
    for (let time = 0; time < TIMES; time += 1) {
      const changed = { ...endpoints, [`friend${time}`]: { kind: 'peer', host: '127.0.0.1', port: 1 + time } }
      await using disk = await FailingDisk.begin(fleet.life('controller').pid, { store, fault })
      const refusals = [
        await save(changed),
        await post('/api/register', { name: `invented${time}`, host: '127.0.0.1', port: 1 }),
      ]
      for (const { status, body } of refusals) {
        expect(status).toBe(507)
        expect(body).toMatchObject({
          error: {
            code: 'storage_failed',
            message: expect.stringMatching(
              /^Cannot write controller\.json: the disk (is full\. Free|fails \(EIO\)\. Look)/,
            ),
          },
        })
      }
      expect(await health()).toBe(503)
      const counters = { sent: 0, delivered: 0, received: 0, failed: 0, waiting: 0, asked: 0 }
      expect((await post('/api/heartbeat', { name: 'alice', counters })).status).toBe(200)
      expect(TableView.parse((await call('GET', url)).body).endpoints).toEqual(endpoints)
      await disks.mend(disk)
      await vi.waitFor(async () => expect(await health()).toBe(200), { timeout: 60_000, interval: 20 })
      expect((await save(changed)).status).toBe(200)
      expect((await save(endpoints)).status).toBe(200)
    }
  },
)

test('process that starts for the first time on a full disk says so, ends to be started again, and then starts', async () => {
  const { fleet } = disks.stage
  const store = join(fleet.data, 'carol', 'peer.db.new')
  const under = ['strace', '-f', '-qq', '-o', '/dev/null', '-P', store, '-e', `inject=${DISK_FAULTS.full}`]
  const life = fleet.launch('peer', 'carol', { under })
  expect(await life.exited).toMatchObject({ code: 1 })
  expect(life.output).toContain('Cannot write peer.db: the disk is full. Free some space')
  await fleet.start('proxy', 'carol')
  await fleet.start('peer', 'carol')
})
