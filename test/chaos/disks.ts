/** Alice writes to bob while a disk of theirs fails: breaks and mends disks, keeps what was answered, judges what bob is shown. */
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import { type DiskFault, FailingDisk } from '../harness/failing-disk.ts'
import { type Answer, call, PeerClient } from '../harness/peer-client.ts'
import { sampleSubmission } from '../harness/samples.ts'
import { type Invocation, judge, nothingWrong, type Outcome, type Verdict } from './checker.ts'
import { arrived, shownFrom } from './conversation.ts'
import { Stage } from './stage.ts'

const PROCESSES = {
  'peer alice': { kind: 'peer', name: 'alice' },
  'proxy alice': { kind: 'proxy', name: 'alice' },
  'proxy bob': { kind: 'proxy', name: 'bob' },
  'peer bob': { kind: 'peer', name: 'bob' },
} as const
export type Title = keyof typeof PROCESSES

/** Longer than anything here takes on a busy machine, in milliseconds. */
const PATIENCE_MS = 60_000
const PATIENT = { timeout: PATIENCE_MS, interval: 20 }

export class Disks implements AsyncDisposable {
  readonly stage: Stage
  /** Hears what alice's page would. */
  readonly alice: PeerClient
  /** Everything that was ever sent to bob, in its order. */
  readonly history: Invocation[] = []
  /** Disks that were broken and mended, and system calls that were answered with a fault. */
  readonly faults = { injected: 0, hit: 0 }
  #clock = 0

  private constructor(stage: Stage, alice: PeerClient) {
    this.stage = stage
    this.alice = alice
  }

  /** Starts everything of alice and of bob; carol is only in the tables. */
  static async open(): Promise<Disks> {
    const stage = await Stage.open(['alice', 'bob'], { absent: ['carol'] })
    const alice = await PeerClient.connect(stage.peer('alice'))
    await alice.sees('bob', { online: true })
    return new Disks(stage, alice)
  }

  break(title: Title, fault: DiskFault): Promise<FailingDisk> {
    const { kind, name } = PROCESSES[title]
    const store = join(this.stage.fleet.data, name, `${kind}.db`)
    return FailingDisk.begin(this.stage.fleet.life(title).pid, { store, fault })
  }

  /** The disk is well again; it must have failed at least once. */
  async mend(disk: FailingDisk): Promise<void> {
    await disk[Symbol.asyncDispose]()
    this.faults.injected += 1
    this.faults.hit += disk.hits
    expect(disk.hits).toBeGreaterThan(0)
  }

  async kill(title: Title): Promise<void> {
    await this.stage.fleet.life(title).kill()
  }

  async start(title: Title): Promise<void> {
    const { kind, name } = PROCESSES[title]
    await this.stage.fleet.start(kind, name)
  }

  /** Sends messages at alice's peer, one after the other, so that their order is known. */
  async post(messages: number): Promise<Answer[]> {
    const answers: Answer[] = []
    const url = `${this.stage.peer('alice')}/api/conversations/bob/messages`
    while (answers.length < messages)
      answers.push(await this.#invoke('alice', (id, message) => call('POST', url, { id, message })))
    return answers
  }

  /** Hands one message to alice's proxy, past her peer. */
  handOver(): Promise<Answer> {
    const url = `${this.stage.proxy('alice')}/messages`
    return this.#invoke('past the peer', (id, message) =>
      call('POST', url, sampleSubmission({ id, destination: 'bob', message })),
    )
  }

  /** The process says that it is not ready, since its disk fails: known once something could not be written. */
  async expectRed(title: Title): Promise<void> {
    await expect.poll(async () => (await this.#ready(title)).status, PATIENT).toBe(503)
    expect((await this.#ready(title)).body).toMatchObject({
      status: 'not ready',
      reason: expect.stringMatching(/^Cannot write \w+\.db: the disk/),
    })
    const metrics = await (await fetch(`${this.#url(title)}/metrics`)).text()
    expect(metrics).toContain('overlay_storage_writable 0')
  }

  async readyAgain(title: Title): Promise<void> {
    await expect.poll(async () => (await this.#ready(title)).status, PATIENT).toBe(200)
    expect((await this.#ready(title)).body).toEqual({ status: 'ok' })
  }

  /** Bob is shown all that was ever accepted, once, in order, and nothing else. */
  async expectAllShown(): Promise<void> {
    await arrived(this.stage.peer('alice'), 'bob', PATIENCE_MS)
    expect(await this.verdict()).toEqual(nothingWrong)
  }

  /** @param history what may be shown at this moment */
  async verdict(history: readonly Invocation[] = this.history): Promise<Verdict> {
    return judge(history, await shownFrom(this.stage.peer('bob'), 'alice'))
  }

  get refused(): Invocation[] {
    return this.history.filter(({ outcome }) => outcome === 'failed')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.alice[Symbol.dispose]()
    await this.stage[Symbol.asyncDispose]()
  }

  #url(title: Title): string {
    const { kind, name } = PROCESSES[title]
    return this.stage[kind](name)
  }

  #ready(title: Title): Promise<Answer> {
    return call('GET', `${this.#url(title)}/readyz`)
  }

  async #invoke(sender: string, send: (id: string, message: string) => Promise<Answer>): Promise<Answer> {
    const counter = this.history.length + 1
    const [id, text, invoked] = [uuidv7(), `${sender} #${counter}`, ++this.#clock]
    let outcome: Outcome = 'unknown'
    try {
      const answer = await send(id, text)
      outcome = answer.status === 202 ? 'ok' : 'failed'
      return answer
    } finally {
      this.history.push({ id, sender, counter, text, invoked, answered: ++this.#clock, outcome })
    }
  }
}
