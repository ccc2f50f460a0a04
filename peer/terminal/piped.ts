/** The client in a pipe: each line is carried out in its order, and the exit code says whether all of them were accepted. */
import { v7 as uuidv7 } from 'uuid'
import { errorText } from '../../shared/protocol/errors.ts'
import { sameName } from '../../shared/protocol/names.ts'
import type { Peer } from '../../shared/protocol/peer-api.ts'
import { AwaitedAnswer } from './awaited-answer.ts'
import { carryOut, RefusedLineError } from './carry-out.ts'
import { parseLine } from './command.ts'
import { offlineWords } from './delivery-news.ts'
import { GrowingAnswers } from './growing-answers.ts'
import { inputLines } from './input-lines.ts'
import type { TerminalParts } from './open-session.ts'
import { GrowingOutput } from './output.ts'
import { UnreachableError } from './peer-calls.ts'
import type { Printed } from './printed.ts'
import { Seen } from './seen.ts'
import { SentMessages } from './sent-messages.ts'

export type Pipe = {
  readonly stdin: NodeJS.ReadableStream
  readonly write: (text: string) => void
  /** Takes a line about one that was not carried out. */
  readonly complain: (line: string) => void
  /** Whether anybody reads what is written. */
  readonly isRead: () => boolean
  /** What earlier runs printed. */
  readonly printed: Pick<Printed, 'read' | 'keep'>
}

type Message = { readonly to: string; readonly text: string }

/** @returns the exit code */
export async function runPiped({ calls, me, colours }: TerminalParts, pipe: Pipe): Promise<number> {
  const answers = new GrowingAnswers()
  const sent = new SentMessages()
  const output = new GrowingOutput(pipe.write, answers, { colours })
  const seen = new Seen({ calls, me, answers, sent, output })
  const terminal = { calls, me, sent, seen, session: { peers: [] }, output }

  async function perform(line: string): Promise<'stay' | 'leave'> {
    const command = parseLine(line)
    if (command.kind !== 'send') return carryOut(terminal, line)
    const peers = await calls.patiently(() => calls.peers())
    const peer = peers.find(({ name }) => sameName(name, command.to))
    const isQuestion = peer !== undefined && peer.kind !== 'person'
    if (isQuestion && pipe.isRead()) await ask({ to: peer.name, text: command.text }, peers)
    else await tell(command, peer)
    return 'stay'
  }

  async function tell({ to, text }: Message, peer: Peer | undefined): Promise<void> {
    await calls.send(to, { id: uuidv7(), message: text })
    if (peer === undefined || peer.online) return
    const isConnected = await calls.patiently(() => calls.isConnected())
    const words = isConnected ? offlineWords(peer.name) : `Message to ${peer.name} saved.`
    output.print([[words]])
  }

  async function ask({ to, text }: Message, peers: readonly Peer[]): Promise<void> {
    const id = uuidv7()
    await using answer = new AwaitedAnswer({ calls, me, answers, output }, { id, to, text }, peers)
    await answer.isListening
    await calls.send(to, { id, message: text })
    const outcome = await answer.outcome
    if (outcome.kind === 'failed') throw new RefusedLineError(`No answer of ${to}: ${outcome.reason}`)
  }

  const { unread } = await seen.look(pipe.printed.read())
  if (pipe.isRead()) pipe.printed.keep(unread)
  let refused = 0
  for await (const { number, text } of inputLines(pipe.stdin)) {
    if (typeof text === 'string' && text.trimStart().startsWith('#')) continue
    try {
      if (typeof text !== 'string') throw text
      if ((await perform(text)) === 'leave') break
    } catch (error) {
      refused += 1
      const isOver = error instanceof UnreachableError
      const over = isOver ? ' Neither this line nor those after it are known to be carried out.' : ''
      pipe.complain(`Line ${number}: ${errorText(error)}${over}`)
      if (isOver) break
    }
  }
  return refused === 0 ? 0 : 1
}
