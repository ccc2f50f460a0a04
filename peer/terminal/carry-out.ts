/** Carries out what a person at a terminal writes. */
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import type { Me, Peer } from '../../shared/protocol/peer-api.ts'
import { parseLine } from './command.ts'
import { beginning } from './delivery-news.ts'
import { type Line, styled } from './line.ts'
import { listingOf } from './lists.ts'
import { newest } from './looking-back.ts'
import type { Output } from './output.ts'
import { type PeerCalls, UnreachableError } from './peer-calls.ts'
import type { Seen } from './seen.ts'
import type { SentMessages } from './sent-messages.ts'
import type { Session } from './session.ts'

/** A line that cannot be carried out, in words for who wrote it. */
export class RefusedLineError extends Error {}

export type Terminal = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly sent: SentMessages
  readonly session: Pick<Session, 'peers'>
  readonly seen: Pick<Seen, 'check'>
  readonly output: Output
  /** To whom the last message went. */
  lastName?: string
}

/** @returns whether the person wants to leave @throws {RefusedLineError | UnreachableError | CallRefusedError} */
export async function carryOut(terminal: Terminal, line: string): Promise<'stay' | 'leave'> {
  const { calls, me, seen, output } = terminal
  const command = parseLine(line)
  switch (command.kind) {
    case 'nothing':
      return 'stay'
    case 'exit':
      return 'leave'
    case 'wrong':
      throw new RefusedLineError(command.detail)
    case 'send':
      await send(terminal, command)
      return 'stay'
    case 'check':
      if ((await seen.check()) === 0) output.print([[styled('dim', 'Nothing new.')]])
      return 'stay'
    case 'retry':
      output.print(await retry(terminal, command.peer))
      return 'stay'
    case 'peers':
    case 'help':
    case 'history':
    case 'search':
      output.print(await listingOf(command, calls, { me: me.name, now: new Date() }))
      return 'stay'
    default:
      return command satisfies never
  }
}

async function send(terminal: Terminal, { to, text }: { to: string; text: string }): Promise<void> {
  const { calls, sent, session, output } = terminal
  const peer = session.peers.find(({ name }) => sameName(name, to))
  const name = peer?.name ?? to
  const id = sent.idFor(to, text)
  const request = calls.send(to, { id, message: text })
  sent.sending(id, { to: name, text, isQuestion: peer?.kind === 'ai' }, request)
  output.changed()
  try {
    await request
    sent.settled(to, text)
    terminal.lastName = name
  } catch (error) {
    sent.forget(id)
    if (!(error instanceof UnreachableError)) sent.settled(to, text)
    throw error instanceof UnreachableError
      ? new RefusedLineError(`It is not known whether that was sent: ${error.message} ↑ and Enter send it again, once.`)
      : error
  } finally {
    output.changed()
  }
}

/** Sends the last message to a peer again, if it failed, or the last question to an AI. */
async function retry({ calls, me, sent, session, lastName }: Terminal, peer = lastName): Promise<Line[]> {
  if (peer === undefined) throw new RefusedLineError('Cannot send again: write to whom, such as !retry bob.')
  const isMine = ({ sender, type }: MessageRecord) => sameName(sender, me.name) && type === 'chat'
  const last = (await newest(calls, peer, { isEnough: messages => messages.some(isMine) })).findLast(isMine)
  if (last === undefined) throw new RefusedLineError(`Cannot send again: nothing was sent to ${peer} yet.`)
  const { id } = await calls.retry(last.id).catch(error => {
    const isUnfit = error instanceof CallRefusedError && error.field === 'id'
    const what = `what was last sent to ${last.conversation} neither failed nor was answered by an AI`
    throw isUnfit ? new RefusedLineError(`Cannot send again: ${what}: ${beginning(last.message)}`) : error
  })
  sent.follow(id, { to: last.conversation, text: last.message, isQuestion: isAi(session.peers, last.conversation) })
  return [[styled('dim', `Sent again to ${last.conversation}: ${beginning(last.message)}`)]]
}

export const isAi = (peers: readonly Peer[], name: string): boolean =>
  peers.some(peer => sameName(peer.name, name) && peer.kind === 'ai')
