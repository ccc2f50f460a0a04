import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../shared/process/log.ts'
import { openStore } from '../../shared/process/store.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { Heard } from '../../test/harness/heard.ts'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { Outbox } from '../outbox.ts'
import { CommandRunner } from './command-runner.ts'
import { commandsOf } from './commands.ts'
import { defineService } from './define-service.ts'
import { Jobs } from './jobs.ts'
import { migrations } from './migrations.ts'
import { Sender } from './sender.ts'
import { Subscribers } from './subscribers.ts'

const id = (n: number) => `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const command = (n: number, text: string, more: Partial<Message> = {}): Message => ({
  ...{ id: id(n), sender: 'alice', destination: 'meter', message: text, type: 'chat', metadata: {} },
  ...{ timestamp: '2026-01-02T03:04:05.000Z', ...more },
})

const meter = defineService({
  name: 'meter',
  about: 'Measures.',
  commands: {
    wait: { help: 'never ends', run: () => new Promise<string>(() => {}) },
    late: {
      help: 'says so when told to stop',
      run: ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', no)),
    },
    echo: { help: 'says it again', argument: 'TEXT', run: ({ asker, argument }) => `${asker}: ${argument}` },
  },
  publish: { everySeconds: 60, make: () => 'one' },
})

/** One life of a service; another one may follow on the same file. */
function live(path: string, deadlineMs = 60_000) {
  const store = openStore({ path, migrations })
  const outbox = new Outbox(store)
  const stop = new AbortController()
  const said = new Heard<string>()
  const commands = commandsOf(meter)
  const now = () => new Date('2026-01-02T03:04:05.000Z')
  const subscribers = new Subscribers(store)
  const replies = () => outbox.head().map(({ metadata, message }) => [metadata.replyTo, message] as const)
  const runner = new CommandRunner({
    ...{ definition: meter, commands, store, jobs: new Jobs(store), subscribers, deadlineMs, now },
    ...{ signal: stop.signal, random: Math.random, log: createLog('test', 'silent') },
    sender: new Sender(outbox, now),
    workWaits: () => said.add('again'),
  })
  const running = runner.run()
  const end = async () => {
    stop.abort()
    await running
    store.close()
  }
  /** Ends in the midst of everything, as far as its disk is concerned. */
  const crash = () => store.close()
  const take = async (message: Message) => (await store.write(() => runner.take(message)))()
  const replied = async (count: number) => said.first(() => replies().length >= count)
  return { take, replies, replied, subscribers, outbox, crash, end }
}

const scratchFile = () => join(scratchFolder(), 'service.db')

test('runner answers the commands of one asker in order, each once, also when one is handed over again', async () => {
  const life = live(scratchFile())
  onTestFinished(life.end)
  for (const n of [1, 2, 1, 3]) await life.take(command(n, `echo ${n}`))
  await life.take(command(1, 'echo 1', { sender: 'bob' }))
  await life.replied(4)
  const replies = life.replies()
  expect(replies.filter(([, text]) => text.startsWith('alice'))).toEqual([1, 2, 3].map(n => [id(n), `alice: ${n}`]))
  expect(replies.filter(([, text]) => text.startsWith('bob'))).toEqual([[id(1), 'bob: 1']])
})

test('runner answers nothing that a machine wrote, and nothing that is no command', async () => {
  const life = live(scratchFile())
  onTestFinished(life.end)
  await life.take(command(1, 'help', { metadata: { autoReply: true } }))
  await life.take(command(2, 'help', { type: 'notification' }))
  await life.take(command(3, 'help', { type: 'command' }))
  await life.replied(1)
  expect(life.replies().map(([to]) => to)).toEqual([id(3)])
})

test('runner keeps reply and subscription together, and marks what it says as automatic', async () => {
  const life = live(scratchFile())
  onTestFinished(life.end)
  await life.take(command(1, 'subscribe'))
  await life.take(command(2, 'SUBSCRIBE', { sender: 'Alice' }))
  await life.replied(2)
  expect(life.subscribers.names()).toEqual(['alice'])
  expect(life.outbox.head()[0]).toMatchObject({
    ...{ destination: 'alice', type: 'notification', message: 'Subscription confirmed.' },
    metadata: { autoReply: true },
  })
  await life.take(command(3, 'unsubscribe'))
  await life.replied(3)
  expect(life.subscribers.names()).toEqual([])
})

test.each(['wait', 'late'])(
  'runner gives up a command that takes too long (%s), and goes on with the next one',
  async text => {
    const life = live(scratchFile(), 20)
    onTestFinished(life.end)
    await life.take(command(1, text))
    await life.take(command(2, 'echo on'))
    await life.replied(2)
    expect(life.replies()).toEqual([
      [id(1), `Cannot carry out \`${text}\`: it took longer than 0.02 seconds. It can be tried again.`],
      [id(2), 'alice: on'],
    ])
  },
)

test('runner runs what a stop or a crash interrupted at the next start; only three crashes are too many', async () => {
  const path = scratchFile()
  for (const [n, how] of (['end', 'crash', 'end', 'crash', 'end', 'crash'] as const).entries()) {
    const life = live(path)
    if (n === 0) await life.take(command(1, 'wait'))
    await life.take(command(100 + n, 'help', { sender: 'bob' }))
    await life.replied(n + 1)
    expect(life.replies().map(([to]) => to)).not.toContain(id(1))
    await life[how]()
  }
  const last = live(path)
  onTestFinished(last.end)
  await last.replied(7)
  const [, text] = last.replies().find(([to]) => to === id(1)) ?? []
  expect(text).toBe('Cannot carry out `wait`: it was interrupted each time it was tried. It can be tried again.')
})
