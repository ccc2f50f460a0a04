/** The client for a person where no cursor can be moved: lines are read as they are entered, news are written below. */
import { createInterface } from 'node:readline'
import { errorText } from '../../shared/protocol/errors.ts'
import { bannerLines } from './banner.ts'
import { carryOut } from './carry-out.ts'
import { GrowingAnswers } from './growing-answers.ts'
import { errorLine } from './line.ts'
import { openSession, type TerminalParts } from './open-session.ts'
import { GrowingOutput } from './output.ts'
import { SentMessages } from './sent-messages.ts'

export async function runPlain(
  parts: TerminalParts,
  { stdin, write }: { stdin: NodeJS.ReadableStream; write: (text: string) => void },
): Promise<void> {
  const peers = await parts.calls.peers()
  const answers = new GrowingAnswers()
  const sent = new SentMessages()
  const output = new GrowingOutput(write, answers, parts)
  const { terminal, session, stopping } = openSession(parts, { answers, sent, output, peers })
  const say = (error: unknown) => output.print([errorLine(errorText(error))])

  output.print(bannerLines(parts.me, peers))
  const left = new AbortController()
  const following = session.run(left.signal)
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
    await following
  }
}
