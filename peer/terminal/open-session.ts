/** What a terminal of either kind is made of, once it is known where it writes. */
import type { Me, Peer } from '../../shared/protocol/peer-api.ts'
import type { Terminal } from './carry-out.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import type { Output } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import { Seen } from './seen.ts'
import type { SentMessages } from './sent-messages.ts'
import { Session } from './session.ts'
import { Stopping } from './stopping.ts'

export type TerminalParts = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly colours: boolean
}

type Surface = {
  readonly answers: GrowingAnswers
  readonly sent: SentMessages
  readonly output: Output
  readonly peers: readonly Peer[]
}

/** Nothing is followed yet: `session` does so once it is run. */
export function openSession({ calls, me }: TerminalParts, { answers, sent, output, peers }: Surface) {
  const seen = new Seen({ calls, me, answers, sent, output })
  const session = new Session({ calls, me, answers, sent, seen, output, peers })
  const terminal: Terminal = { calls, me, sent, seen, session, output }
  return { terminal, session, stopping: new Stopping({ calls, answers, sent }) }
}
