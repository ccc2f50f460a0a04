/** Answers to what a person asks of the terminal client itself: who is there, what was said, what is found, what can be done. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import type { Peer } from '../../shared/protocol/peer-api.ts'
import { shownName } from '../../shared/protocol/shown-name.ts'
import type { Command } from './command.ts'
import { type Line, styled } from './line.ts'
import { lastMessages } from './looking-back.ts'
import { LINE_ROWS } from './options.ts'
import type { PeerCalls } from './peer-calls.ts'
import { type Reader, recordLines } from './record-lines.ts'

const KINDS: Readonly<Record<Peer['kind'], string>> = { person: 'person', ai: 'AI', service: 'service' }

export type Listing = Extract<Command, { kind: 'peers' | 'help' | 'history' | 'search' }>

export async function listingOf(command: Listing, calls: PeerCalls, reader: Reader): Promise<Line[]> {
  switch (command.kind) {
    case 'help':
      return LINE_ROWS.map(row => [row])
    case 'peers':
      return peerLines(await calls.peers())
    case 'history': {
      const messages = await lastMessages(calls, command.peer, command.count)
      return messagesOr(messages, reader, `Nothing was said with ${command.peer} yet.`)
    }
    case 'search':
      return messagesOr(await calls.search(command.words), reader, `Nothing was found for "${command.words}".`)
    default:
      return command satisfies never
  }
}

function messagesOr(messages: readonly MessageRecord[], reader: Reader, otherwise: string): Line[] {
  if (messages.length === 0) return [[styled('dim', otherwise)]]
  return messages.flatMap(message => recordLines(message, reader))
}

function peerLines(peers: readonly Peer[]): Line[] {
  if (peers.length === 0) return [[styled('dim', 'Nobody is there yet.')]]
  const width = Math.max(...peers.map(({ name }) => name.length)) + 2
  return peers.map(({ name, displayName, kind, online, model }) => [
    styled('sender', name.padEnd(width)),
    KINDS[kind].padEnd(9),
    online ? styled('mine', 'online') : styled('dim', 'offline'),
    ...(displayName === undefined || shownName({ name, displayName }) === displayName
      ? []
      : [styled('dim', `  ${displayName}`)]),
    ...(model === undefined ? [] : [styled('dim', `  ${model}`)]),
  ])
}
