/** Stops what others do for this peer: the own proxy, which has its messages and asks the APIs, and peers that answer. */
import { CallRefusedError } from '../shared/process/http-client.ts'
import { NotFoundError, NotReadyError, OverlayError } from '../shared/protocol/errors.ts'
import type { StopReason } from '../shared/protocol/local.ts'
import { sameName } from '../shared/protocol/names.ts'
import type { Desk } from './desk.ts'
import type { ProxyLink } from './proxy-link.ts'

/** How long a message that is just being handed to the proxy is waited for, in milliseconds. */
const HAND_OVER_PATIENCE_MS = 2_000

class NotStoppableError extends OverlayError {
  readonly code = 'not_stoppable'
  readonly status = 409
}

export type TakingBackParts = {
  readonly desk: Pick<Desk, 'handingOver' | 'peers' | 'proxyReachable'>
  readonly link: Pick<ProxyLink, 'cancel' | 'signalTo'>
  /** Aborts at the stop. */
  readonly signal: AbortSignal
}

export class TakingBack {
  readonly #parts: TakingBackParts

  constructor(parts: TakingBackParts) {
    this.#parts = parts
  }

  /**
   * Asks the proxy to take back a message or stop an answer; never before it has the message.
   * @throws {NotFoundError} when nothing of it is under way
   * @throws {NotStoppableError} when it may have arrived
   * @throws {NotReadyError} when the proxy does not answer, or has not taken the message
   */
  async atProxy(id: string, why?: StopReason): Promise<void> {
    const { desk, link, signal } = this.#parts
    try {
      if (desk.proxyReachable) await desk.handingOver.over(id, HAND_OVER_PATIENCE_MS)
      await link.cancel(id, signal, why)
    } catch (error) {
      if (!(error instanceof CallRefusedError))
        throw new NotReadyError('Cannot stop it now: the own proxy does not answer. Try again in a moment.')
      if (error.status === 404) throw new NotFoundError(error.message)
      throw new NotStoppableError(error.message)
    }
  }

  /** Tells another peer, which is to answer, that its answer is no longer wanted. */
  atPeer(peer: string, question: string, why?: StopReason): void {
    const { link, signal } = this.#parts
    void link.signalTo(peer, { kind: 'stop', replyTo: question, ...(why && { why }) }, signal)
  }

  /**
   * Stops the answer of another peer that has not begun: its question is taken back, or who got it is told.
   * @throws {NotStoppableError} when it may be arriving, or who has it is offline and hears nothing
   * @throws {NotReadyError} as {@link atProxy}
   */
  async ofAnswerTo({ id, peer }: { id: string; peer: string }, why?: StopReason): Promise<void> {
    try {
      await this.atProxy(id, why)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      const isOnline = this.#parts.desk.peers().some(({ name, online }) => online && sameName(name, peer))
      if (!isOnline)
        throw new NotStoppableError(
          `Cannot stop it: ${peer} is offline and has the question already. It answers when it is back.`,
        )
      this.atPeer(peer, id, why)
    }
  }
}
