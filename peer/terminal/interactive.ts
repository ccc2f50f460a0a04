/** The client on a terminal: a line to type in, everything else above it. */
import { createInterface } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { errorText } from '../../shared/protocol/errors.ts'
import { bannerLines } from './banner.ts'
import { carryOut } from './carry-out.ts'
import { parseLine } from './command.ts'
import { complete } from './completion.ts'
import { GrowingAnswers } from './growing-answers.ts'
import { errorLine, type Line, styled } from './line.ts'
import { openSession, type TerminalParts } from './open-session.ts'
import { PromptInput, PromptOutput } from './prompt-streams.ts'
import { Screen } from './screen.ts'
import { SentMessages } from './sent-messages.ts'
import { typedHistory } from './typed-history.ts'

export async function runInteractive(
  parts: TerminalParts,
  { stdin, stdout }: { stdin: ReadStream; stdout: WriteStream },
): Promise<void> {
  const { calls, me, colours } = parts
  const peers = await calls.peers()
  const history = await typedHistory(calls, me.name)
  const answers = new GrowingAnswers()
  const sent = new SentMessages()
  const output = new PromptOutput(stdout)
  const typed = createInterface({
    input: new PromptInput(stdin),
    output,
    terminal: true,
    prompt: `${me.name}> `,
    history,
    removeHistoryDuplicates: true,
    completer: (line: string): [string[], string] => completeOn(line),
  })
  const waiting = (): Line[] => sent.awaitedNames.map(name => [styled('dim', `${name} is asked … Ctrl+C stops it.`)])
  using screen = new Screen({ output, typed, answers, waiting, colours })
  const { terminal, session, stopping } = openSession(parts, { answers, sent, output: screen, peers })
  const say = (error: unknown) => screen.print([errorLine(errorText(error))])

  function completeOn(line: string): [string[], string] {
    const { line: completed, candidates } = complete(
      line,
      session.peers.map(({ name }) => name),
    )
    if (candidates.length > 0) screen.print([[styled('dim', candidates.join('  '))]])
    return completed === line ? [[], line] : [[completed], line]
  }

  const left = new AbortController()
  let work: Promise<void> = Promise.resolve()
  let isAskedToLeave = false
  const perform = async (line: string): Promise<void> => {
    try {
      if ((await carryOut(terminal, line)) === 'leave') typed.close()
    } catch (error) {
      say(error)
    }
  }
  typed.on('line', line => {
    isAskedToLeave = false
    screen.entered(line)
    work = work.then(() => perform(line))
    if (parseLine(line).kind === 'exit') return
    typed.prompt()
    screen.changed()
  })
  typed.on('SIGINT', () => {
    const stop = stopping.begin()
    if (stop !== undefined) return void stop.catch(say)
    if (typed.line !== '') {
      typed.write(null, { ctrl: true, name: 'e' })
      typed.write(null, { ctrl: true, name: 'u' })
    } else if (isAskedToLeave) typed.close()
    else {
      isAskedToLeave = true
      screen.print([[styled('dim', 'Ctrl+C once more leaves; so do exit and Ctrl+D.')]])
    }
  })
  typed.on('SIGTSTP', () => {
    stdin.setRawMode(false)
    process.once('SIGCONT', () => {
      stdin.setRawMode(true)
      screen.continued()
    })
    // Also those who wait for this program, such as npx, are to stop: the shell waits for all of them.
    process.kill(0, 'SIGTSTP')
  })
  const onResize = () => screen.resized()
  stdout.on('resize', onResize)
  const closed = new Promise<void>(resolve => typed.once('close', resolve))

  screen.print(bannerLines(me, peers))
  const following = session.run(left.signal)
  await closed
  await work
  screen[Symbol.dispose]()
  stdout.off('resize', onResize)
  output.write('\n')
  left.abort()
  await following
}
