/** Talking through a peer from a terminal or a pipe: `npx tsx peer/terminal.ts NAME`; `--help` says more. */
import { join } from 'node:path'
import { CallRefusedError, HttpClient } from '../shared/process/http-client.ts'
import { complain, sayLines, wordsOf } from '../shared/process/say.ts'
import { EXIT_REFUSED, StartError } from '../shared/process/start-error.ts'
import { sameName } from '../shared/protocol/names.ts'
import { findPeer, type PeerPlace } from './terminal/find-peer.ts'
import { runInteractive } from './terminal/interactive.ts'
import { HELP, readOptions } from './terminal/options.ts'
import { PeerCalls, UnreachableError } from './terminal/peer-calls.ts'
import { runPiped } from './terminal/piped.ts'
import { runPlain } from './terminal/plain.ts'
import { Printed } from './terminal/printed.ts'

const { stdin, stdout, env } = process

/** Nobody may read any more what is written, as after `| head -1`: that is no reason to leave lines undone. */
let isRead = true
stdout.on('error', () => {
  isRead = false
})
/** Lines that are painted already: what steers in them is ours. */
const write = (text: string) => void (isRead && stdout.write(text))

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), join(import.meta.dirname, '..'))
  if (options.help) {
    sayLines(HELP.trimEnd())
    return 0
  }
  const place = findPeer(options)
  const left = new AbortController()
  using client = new HttpClient()
  const calls = new PeerCalls(place, client, left.signal)
  const me = await whoAnswers(calls, place)
  const canMove = stdout.isTTY && env['TERM'] !== 'dumb'
  const parts = { calls, me, colours: canMove && !env['NO_COLOR'] }
  try {
    if (!stdin.isTTY)
      return await runPiped(parts, {
        ...{ stdin, write, complain, isRead: () => isRead },
        printed: new Printed(place.url, env),
      })
    if (canMove) await runInteractive(parts, { stdin, stdout })
    else await runPlain(parts, { stdin, write })
    return 0
  } finally {
    left.abort()
    // A pipe that stays open is not waited for.
    stdin.destroy()
  }
}

/** @throws {StartError} when it is not the peer that was meant */
async function whoAnswers(calls: PeerCalls, { name, url }: PeerPlace) {
  const me = await calls.me().catch(error => {
    if (error instanceof UnreachableError) throw error
    const said = error instanceof CallRefusedError ? ` (${error.message})` : ''
    throw new StartError(`Cannot talk as ${name}: what answers at ${url} is no peer${said}. Is --port-base right?`)
  })
  if (sameName(me.name, name)) return me
  throw new StartError(`Cannot talk as ${name}: the peer of ${me.name} answers at ${url}. Is --port-base right?`)
}

try {
  process.exitCode = await main()
} catch (error) {
  const isExpected = error instanceof StartError || error instanceof UnreachableError
  complain(wordsOf(error, isExpected))
  process.exitCode = error instanceof StartError ? EXIT_REFUSED : 1
}
