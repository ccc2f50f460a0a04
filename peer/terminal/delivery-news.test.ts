import { expect, test } from 'vitest'
import type { Peer } from '../../shared/protocol/peer-api.ts'
import { newsOf, type Sent } from './delivery-news.ts'
import { paint } from './line.ts'

const sent: Sent = { to: 'joe', text: 'hi', isQuestion: false, state: 'accepted', isSaved: false }
const peers = (online: boolean): Peer[] => [{ id: 'joe', name: 'joe', kind: 'person', online }]
const said = (changes: Partial<Sent>, online = true) =>
  newsOf({ ...sent, ...changes }, peers(online)).lines.map(line => paint(line, false))

test('a message on its way needs no words', () => {
  for (const state of ['accepted', 'delivered', 'received', 'read'] as const) expect(said({ state })).toEqual([])
})

test('whoever is away gets it later: in their proxy already, or not yet', () => {
  const words = ["User 'joe' is offline. Message saved."]
  expect(said({ state: 'waiting', reason: 'joe is offline. Message saved.' }, false)).toEqual(words)
  expect(said({ state: 'delivered', reason: 'joe is offline. Message saved.' }, false)).toEqual(words)
  expect(said({ state: 'delivered' }, false)).toEqual(words)
})

test('another reason to wait is told as it is', () => {
  expect(said({ state: 'waiting', reason: 'No route leads to joe now. Message saved.' })).toEqual([
    'Message to joe waits: No route leads to joe now. Message saved.',
  ])
})

test('what was said to be saved is said once, and so is its arrival', () => {
  const saved = newsOf({ ...sent, state: 'waiting', reason: 'joe is offline. Message saved.' }, peers(false)).sent
  expect(newsOf(saved, peers(false)).lines).toEqual([])
  const arrived = newsOf({ ...saved, state: 'received' }, peers(true))
  expect(arrived.lines.map(line => paint(line, false))).toEqual(['joe has it now: hi'])
  expect(newsOf({ ...arrived.sent, state: 'read' }, peers(true)).lines).toEqual([])
})

test('what was taken back is said, with its first words', () => {
  expect(said({ state: 'cancelled', text: 'first row\nsecond row' })).toEqual([
    'The message to joe was taken back: first row…',
  ])
  expect(said({ state: 'cancelled', isQuestion: true })).toEqual(['joe is not asked any more: hi'])
})

test('a failure says its reason and what would help, unless a notice did', () => {
  expect(said({ state: 'failed', reason: 'Nobody took it within 7 days' })).toEqual([
    'Not delivered to joe: Nobody took it within 7 days. !retry joe sends it again.',
  ])
  expect(said({ state: 'failed', isQuestion: true, isExplained: true })).toEqual(['!retry joe asks once more.'])
})
