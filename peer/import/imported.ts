/** Documents of the Python overlay as messages of this one: who wrote to whom, when, and what became of it. */
import { v5 as uuidv5 } from 'uuid'
import { beginningOf, MESSAGE_BYTES, type Message, utf8Bytes } from '../../shared/protocol/message.ts'
import { nameKey, PeerName, sameName } from '../../shared/protocol/names.ts'
import { type Document, ImportError, type Placed } from './python-history.ts'
import { instantOf } from './python-time.ts'

/** Ids of imported messages are made from this and what the file says of them: the same each time. */
const NAMESPACE = '6b1b0d8e-62a5-4a8b-9a51-3f1f9a1c6f20'

const MYSELF = new Set(['me', 'self', 'myself', 'you', 'i'])
const ARRIVED = new Set(['sent', 'delivered', 'received', 'read'])
const NEVER_LEFT = new Set([
  'pending',
  'queued',
  'saved',
  'stored',
  'waiting',
  'sending',
  'undelivered',
  'failed',
  'error',
])

const CUT = 'The message was longer than a message may be: this is its beginning.'

export type Imported = {
  readonly conversation: string
  readonly outgoing: boolean
  /** In milliseconds. */
  readonly time: number
  readonly message: Message
  /** Why one's own message did not leave; undefined for one that did, and for those of others. */
  readonly failure: string | undefined
}

/** What the person who imports is told of, beside how many there are. */
export type Notes = {
  empty: number
  toOneself: number
  cut: number
  /** How often each status stood there that is not known. */
  readonly statuses: Map<string, number>
  /** Names that are none here, and what they became. */
  readonly renamed: Map<string, string>
}

export type ImportFor = {
  readonly file: string
  readonly owner: string
  /** Names with the case that they are shown in. */
  readonly known: readonly string[]
}

/** Messages in the order of the file. @throws {ImportError} for a name that nobody can have here */
export function messagesOf(
  documents: readonly Placed[],
  { file, owner, known }: ImportFor,
): { messages: Imported[]; notes: Notes } {
  const notes: Notes = { empty: 0, toOneself: 0, cut: 0, statuses: new Map(), renamed: new Map() }
  const occurrences = new Map<string, number>()
  const isOwner = (name: string) => sameName(nameOf(name), owner) || MYSELF.has(nameKey(name.trim()))
  const messages = documents.flatMap(({ where, document }): Imported[] => {
    const { peer_id, sender, timestamp } = document
    const text = wellFormed(document.message)
    const outgoing = isOwner(sender)
    const other = sameName(nameOf(peer_id), owner) ? sender : peer_id
    if (text.trim() === '') return none(notes, 'empty')
    if (isOwner(other)) return none(notes, 'toOneself')
    const conversation = requireName(other, { file, where, known, notes })
    const facts = JSON.stringify([nameKey(owner), nameKey(conversation), outgoing, timestamp, text])
    const occurrence = (occurrences.get(facts) ?? 0) + 1
    occurrences.set(facts, occurrence)
    const time = instantOf(timestamp) ?? 0
    const { message, ...cut } = shortened(text, notes)
    return [
      {
        ...{ conversation, outgoing, time, failure: outgoing ? failureOf(document, notes) : undefined },
        message: {
          id: uuidv5(`${occurrence} ${facts}`, NAMESPACE),
          sender: outgoing ? owner : conversation,
          destination: outgoing ? conversation : owner,
          message,
          timestamp: new Date(time).toISOString(),
          type: 'chat',
          metadata: { ...(document.auto_reply && { autoReply: true }), ...cut },
        },
      },
    ]
  })
  return { messages, notes }
}

function none(notes: Notes, why: 'empty' | 'toOneself'): [] {
  notes[why] += 1
  return []
}

/** Without zero characters, which no message may have, and halves of characters, which no file can hold. */
const wellFormed = (text: string): string => Buffer.from(text.replaceAll('\0', ' ')).toString()

function shortened(text: string, notes: Notes): { message: string; ending?: 'length'; endingDetail?: string } {
  if (utf8Bytes(text) <= MESSAGE_BYTES) return { message: text }
  notes.cut += 1
  return { message: beginningOf(text), ending: 'length', endingDetail: CUT }
}

const nameOf = (name: string): string => name.trim().replace(/\s+/g, '_')

type Naming = Pick<ImportFor, 'file' | 'known'> & { readonly where: string; readonly notes: Notes }

function requireName(given: string, { file, where, known, notes }: Naming): string {
  const name = PeerName.safeParse(nameOf(given))
  if (!name.success)
    throw new ImportError(
      file,
      `${where}: "${given}" cannot be a name here, which has at most 32 letters, digits, "_" or "-": give it such a name in the file`,
    )
  if (name.data !== given.trim()) notes.renamed.set(given, name.data)
  return known.find(one => sameName(one, name.data)) ?? name.data
}

/** An unknown status counts as arrived: what is shown as failed can be sent again, and might arrive twice. */
function failureOf({ status }: Document, notes: Notes): string | undefined {
  const word = nameKey((status ?? '').trim())
  if (NEVER_LEFT.has(word)) return `It had not left the Python overlay (${word}). Retry sends it from here.`
  if (word !== '' && !ARRIVED.has(word)) notes.statuses.set(word, (notes.statuses.get(word) ?? 0) + 1)
  return undefined
}
