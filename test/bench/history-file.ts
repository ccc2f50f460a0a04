/** A peer's store with a million messages, written once through the peer's own code and kept for later runs. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { History } from '../../peer/history.ts'
import { migrations } from '../../peer/migrations.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { seeded } from '../harness/seeded.ts'
import { chineseSentence, sentence } from './vocabulary.ts'

export const MESSAGES = 1_000_000
/** Raised when the content changes: a file of another edition is made anew. */
const EDITION = 2
const GROUP = 5_000
/** Every so many messages one is of Chinese. */
const OF_CHINESE = 10
const UNREAD = 3
const FOLDER = join(tmpdir(), 'overlay-chat-bench')

/** Each conversation has half as many more again as the next: the first holds a third of all. */
export const CONVERSATIONS = ['alice', 'bob', ...Array.from({ length: 18 }, (_, n) => `friend${n + 1}`)]
const SHRINK = 2 / 3

/** @returns the file, of the newest schema unless told otherwise; made when it is not there, which takes a minute */
export async function historyFile(owner: string, schema = migrations): Promise<string> {
  const edition = createHash('sha256')
    .update(JSON.stringify([EDITION, MESSAGES, owner, schema]))
    .digest('hex')
    .slice(0, 12)
  const file = join(FOLDER, edition, 'peer.db')
  if (existsSync(file)) return file
  mkdirSync(FOLDER, { recursive: true })
  // At most two editions: that of this schema and one of another.
  for (const old of readdirSync(FOLDER).slice(0, -1)) rmSync(join(FOLDER, old), { recursive: true, force: true })
  process.stdout.write(`writing a history of ${MESSAGES} messages to ${FOLDER}, once\n`)
  const unfinished = join(FOLDER, `${edition}.new`)
  rmSync(unfinished, { recursive: true, force: true })
  const store = openStore({ path: join(unfinished, 'peer.db'), migrations: schema })
  await write(store, owner)
  store.close()
  foldLog(join(unfinished, 'peer.db'))
  renameSync(unfinished, join(FOLDER, edition))
  return file
}

async function write(store: Store, owner: string): Promise<void> {
  const history = new History(store)
  const random = seeded(1)
  const sequences = new Map<string, number>()
  const add = (n: number) => {
    const other =
      CONVERSATIONS[Math.min(CONVERSATIONS.length - 1, Math.floor(Math.log(1 - random()) / Math.log(SHRINK)))] ?? ''
    const outgoing = random() < 0.5
    const msecs = Date.UTC(2020, 0) + n * 150_000
    const message: Message = {
      id: uuidv7({ msecs, rng: () => bytes(random) }),
      sender: outgoing ? owner : other,
      destination: outgoing ? other : owner,
      message: n % OF_CHINESE === 0 ? `${chineseSentence(random)} 🎉` : sentence(random),
      timestamp: new Date(msecs).toISOString(),
      type: 'chat',
      metadata: {},
    }
    const stream = streamOf(other, outgoing)
    const sequence = (sequences.get(stream) ?? 0) + 1
    sequences.set(stream, sequence)
    history.add(other, message, { outgoing, stored: n % 50 === 0, placement: { stream, sequence } })
    if (n === MESSAGES - UNREAD * CONVERSATIONS.length) for (const name of CONVERSATIONS) history.reading.markRead(name)
  }
  for (let n = 0; n < MESSAGES; n += GROUP)
    await store.note(() => {
      for (let k = n; k < n + GROUP; k += 1) add(k)
    })
  await store.note(() => {
    for (const name of CONVERSATIONS) {
      const last = sequences.get(streamOf(name, true)) ?? 0
      history.setMarks(name, { stream: streamOf(name, true), delivered: last, received: last, read: last - 1 })
    }
  })
  // A search first takes in every text.
  await history.texts.search('all', 1)
}

/** The id of the message in the middle. */
export function middleOf(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true })
  const found = database.prepare('SELECT id FROM message WHERE arrival = ?').get(MESSAGES / 2)
  database.close()
  return z.object({ id: z.string() }).parse(found).id
}

/** Brings what is still in the write-ahead log into the file, so that the file alone is whole. */
function foldLog(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

const streamOf = (name: string, outgoing: boolean): string =>
  `00000000-0000-4000-8000-${Buffer.from(`${outgoing ? 'to' : 'by'}${name}`)
    .toString('hex')
    .padStart(12, '0')
    .slice(-12)}`

const bytes = (random: () => number): Uint8Array => Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256))
