/** The client for a person where no cursor can be moved: lines are read as they are entered, news are written below. */
import { createInterface } from 'node:readline'
import { errorText } from '../../shared/protocol/errors.ts'
import type { Me } from '../../shared/protocol/peer-api.ts'
import { bannerLines } from './banner.ts'
import { carryOut, type Terminal } from './carry-out.ts'
import { GrowingAnswers } from './growing-answers.ts'
import { errorLine } from './line.ts'
import { GrowingOutput } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import { Seen } from './seen.ts'
import { SentMessages } from './sent-messages.ts'
import { Session } from './session.ts'
import { Stopping } from './stopping.ts'

export type TerminalParts = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly colours: boolean
}

export async function runPlain(
  { calls, me, colours }: TerminalParts,
  { stdin, write }: { stdin: NodeJS.ReadableStream; write: (text: string) => void },
): Promise<void> {
  const peers = await calls.peers()
  const answers = new GrowingAnswers()
  const sent = new SentMessages()
  const output = new GrowingOutput(write, answers, { colours })
  const seen = new Seen({ calls, me, answers, output })
  const session = new Session({ calls, me, answers, sent, seen, output, peers })
  const terminal: Terminal = { calls, me, sent, seen, session, output }
  const stopping = new Stopping({ calls, answers, sent })
  const say = (error: unknown) => output.print([errorLine(errorText(error))])

  output.print(bannerLines(me, peers))
  const left = new AbortController()
  const following = session.run(left.signal)
  const beginning = session.begin(left.signal)
  const lines = createInterface({ input: stdin, terminal: false })
  const onInterrupt = () => {
    const stop = stopping.begin()
    if (stop === undefined) lines.close()
    else void stop.catch(say)
  }
  process.on('SIGINT', onInterrupt)
  try {
    for await (const line of lines) {
      try {
        if ((await carryOut(terminal, line)) === 'leave') break
      } catch (error) {
        say(error)
      }
    }
  } finally {
    process.off('SIGINT', onInterrupt)
    lines.close()
    left.abort()
    await Promise.all([following, beginning])
  }
}
