/** What each event from the peer changes on the page. */

import type { EventStreamOptions } from '../../../shared/page/event-stream.ts'
import { isolated } from '../../../shared/page/isolated.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { ConversationRow, PeerEventData, PeerEventName } from '../../../shared/protocol/peer-api.ts'
import type { ChatState } from './chat-state.ts'
import { sameName } from './names.ts'
import { dropUnsent } from './outbox.ts'
import type { Typing } from './typing.ts'

/** `reset` is the business of the stream. */
export type PeerEventMap = { [Name in Exclude<PeerEventName, 'reset'>]: PeerEventData<Name> }

export function eventReaders(state: ChatState, typing: Typing): EventStreamOptions<PeerEventMap>['on'] {
  return {
    message: record => {
      typing.stopped(record.sender)
      showMessage(state, record)
    },
    state: change => {
      state.conversation(change.conversation).setState(change)
      state.changeRow(change.conversation, row =>
        row.last?.id === change.id ? { ...row, last: { ...row.last, state: change.state } } : row,
      )
    },
    delta: piece => writeAnswer(state, piece),
    typing: ({ conversation }) => typing.heard(conversation),
    peers: peers => {
      state.peers.value = peers
    },
    read: ({ conversation }) => state.changeRow(conversation, row => ({ ...row, unread: 0 })),
    cleared: ({ conversation }) => clear(state, conversation),
    connection: connection => {
      state.connection.value = connection
    },
    me: me => {
      state.me.value = me
    },
    conversations: rows => {
      state.rows.value = rows
      state.loaded.value = true
    },
  }
}

function showMessage(state: ChatState, record: MessageRecord): void {
  const conversation = state.conversation(record.conversation)
  const wasGrowing = conversation.get(record.id)?.progress.peek().kind === 'writing'
  const isNew = conversation.put(record) || wasGrowing
  const mine = state.isMine(record)
  if (mine) dropUnsent(record.id)
  const received = isNew && !mine
  const isSurprise = received && !wasGrowing && !state.following.peek()
  if (isSurprise) conversation.unreadFrom.value ??= record.id
  state.changeRow(record.conversation, row => ({
    ...row,
    unread: row.unread + (received ? 1 : 0),
    last: isNew || row.last === null || row.last.id === record.id ? record : row.last,
  }))
  const { personality } = record.metadata
  const tells = received && state.people.peek().some(({ name, kind }) => kind === 'ai' && sameName(name, record.sender))
  if (personality !== undefined && tells) state.changeRow(record.conversation, row => withPersonality(row, personality))
  if (received && state.isOpen(record.conversation)) announce(state, record, wasGrowing)
}

/** The word for no personality takes the one that there was away. */
function withPersonality({ personality: _, ...row }: ConversationRow, personality: string): ConversationRow {
  return personality === 'none' ? row : { ...row, personality }
}

function announce(state: ChatState, record: MessageRecord, wasGrowing: boolean): void {
  if (!wasGrowing) state.announcement.value = `${isolated(state.shown(record.sender))}: ${record.message.slice(0, 300)}`
  else state.announcement.value = `${isolated(state.shown(record.sender))} has finished the answer.`
}

function writeAnswer(state: ChatState, piece: PeerEventData<'delta'>): void {
  const conversation = state.conversation(piece.conversation)
  const begins = conversation.get(piece.id) === undefined
  conversation.write(piece, state.me.peek()?.name ?? '')
  const who = piece.own ? 'Your assistant' : isolated(state.shown(piece.conversation))
  if (begins && state.isOpen(piece.conversation)) state.announcement.value = `${who} is answering.`
}

function clear(state: ChatState, peer: string | null): void {
  const cleared = peer === null ? [...state.conversations()] : [state.conversation(peer)]
  for (const conversation of cleared) conversation.clear()
  if (peer === null) state.rows.value = state.rows.peek().map(row => ({ ...row, unread: 0, last: null }))
  else state.changeRow(peer, row => ({ ...row, unread: 0, last: null }))
}
