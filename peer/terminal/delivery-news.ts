/** What there is to say of an own message on its way: that it waits, that it failed or was taken back, that it arrived after all. */
import type { MessageState } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import type { Peer } from '../../shared/protocol/peer-api.ts'
import { type Line, styled } from './line.ts'
import { rowsOf } from './visible.ts'

/** A message that was sent from here. */
export type Sent = {
  readonly to: string
  readonly text: string
  readonly isQuestion: boolean
  readonly state: MessageState
  readonly reason?: string | undefined
  /** It was said to be saved. */
  readonly isSaved: boolean
  /** It was said already why nothing more comes of it. */
  readonly isExplained?: boolean
}
export type News = { readonly sent: Sent; readonly lines: readonly Line[] }

/** `User 'joe' is offline. Message saved.` */
export const offlineWords = (name: string): string => `User '${name}' is offline. Message saved.`

const SHOWN_CHARACTERS = 40

/** How a message stands after news of it, or of who is there, and what to say of that. Good news needs no words. */
export function newsOf(sent: Sent, peers: readonly Peer[]): News {
  switch (sent.state) {
    case 'failed': {
      if (sent.isExplained) return said(sent, styled('dim', `!retry ${sent.to} asks once more.`))
      const what = sent.isQuestion ? `No answer of ${sent.to}` : `Not delivered to ${sent.to}`
      const why = (sent.reason ?? 'it does not say why.').replace(/([^.!?])$/, '$1.')
      return said(sent, styled('error', `${what}: ${why} !retry ${sent.to} sends it again.`))
    }
    case 'accepted':
    case 'waiting':
    case 'delivered':
      return waitsFor(sent, peers)
    case 'received':
    case 'read':
      return sent.isSaved
        ? said({ ...sent, isSaved: false }, styled('dim', `${sent.to} has it now: ${beginning(sent.text)}`))
        : { sent, lines: [] }
    case 'cancelled': {
      const what = sent.isQuestion ? `${sent.to} is not asked any more` : `The message to ${sent.to} was taken back`
      return said(sent, styled('dim', `${what}: ${beginning(sent.text)}`))
    }
    default:
      return sent.state satisfies never
  }
}

function waitsFor(sent: Sent, peers: readonly Peer[]): News {
  const { to, state, reason, isSaved } = sent
  const isAway = state === 'delivered' && peers.some(({ name, online }) => sameName(name, to) && !online)
  const saysAway = reason?.startsWith(`${to} is offline`) ?? false
  if (isSaved || !(isAway || state === 'waiting' || saysAway)) return { sent, lines: [] }
  const words = isAway || saysAway || reason === undefined ? offlineWords(to) : `Message to ${to} waits: ${reason}`
  return said({ ...sent, isSaved: true }, styled('notice', words))
}

const said = (sent: Sent, words: Line[number]): News => ({ sent, lines: [[words]] })

/** The first words of a message, to tell which it is. */
export function beginning(text: string): string {
  const [first = ''] = rowsOf(text)
  const shown = Array.from(first).slice(0, SHOWN_CHARACTERS).join('')
  return shown === text ? text : `${shown}…`
}
