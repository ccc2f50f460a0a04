/** What proxies are trying now for the dashboards: each trial waits for its proxy, within bounds, and nothing of it is kept. */
import { v4 as uuidv4 } from 'uuid'
import type { RoutesEvent } from '../shared/protocol/control.ts'
import { sameName } from '../shared/protocol/names.ts'
import type { TrialReport, TrialResult } from '../shared/protocol/trial.ts'
import { OlderProxyError, ProxyOfflineError, TooManyTrialsError } from './errors.ts'

export type TrialEvent = Extract<RoutesEvent, { kind: 'trial' }>

/** Most trials at a time. */
export const MOST_TRIALS = 16
/** Longest wait for a proxy, in milliseconds: longer than it takes for a trial itself. */
const WAIT_MS = 25_000

type Push = (name: string, event: TrialEvent) => 'sent' | 'offline' | 'older'
type Pending = { readonly proxy: string; readonly end: (outcome: TrialResult | Error) => void }

export class Trials implements Disposable {
  readonly #pending = new Map<string, Pending>()
  readonly #push: Push
  readonly #waitMs: number

  constructor({ push, waitMs = WAIT_MS }: { push: Push; waitMs?: number }) {
    this.#push = push
    this.#waitMs = waitMs
  }

  /** @throws {ProxyOfflineError} {@link OlderProxyError} {@link TooManyTrialsError} */
  async run(proxy: string, trial: Omit<TrialEvent, 'kind' | 'id'>): Promise<TrialResult> {
    if (this.#pending.size >= MOST_TRIALS) throw new TooManyTrialsError(MOST_TRIALS)
    const id = uuidv4()
    const outcome = new Promise<TrialResult>((resolve, reject) => {
      const silent = setTimeout(
        () => end(new ProxyOfflineError(`Cannot test: the proxy of ${proxy} does not answer. Look whether it runs.`)),
        this.#waitMs,
      )
      const end = (outcome: TrialResult | Error) => {
        clearTimeout(silent)
        this.#pending.delete(id)
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      this.#pending.set(id, { proxy, end })
    })
    const pushed = this.#push(proxy, { ...trial, kind: 'trial', id })
    if (pushed === 'offline')
      this.#pending
        .get(id)
        ?.end(
          new ProxyOfflineError(`Cannot test: the proxy of ${proxy} is offline, and it is the one to ask. Start it.`),
        )
    if (pushed === 'older') this.#pending.get(id)?.end(new OlderProxyError(proxy))
    return outcome
  }

  /** A result nobody waits for any more is dropped. */
  answered(id: string, { name, result }: TrialReport): void {
    const pending = this.#pending.get(id)
    if (pending !== undefined && sameName(pending.proxy, name)) pending.end(result)
  }

  proxyGone(name: string): void {
    this.#endAll(({ proxy }) => sameName(proxy, name))
  }

  [Symbol.dispose](): void {
    this.#endAll(() => true)
  }

  #endAll(isMeant: (pending: Pending) => boolean): void {
    for (const pending of [...this.#pending.values()].filter(isMeant))
      pending.end(
        new ProxyOfflineError(`Cannot test: the proxy of ${pending.proxy} went offline meanwhile. Try again.`),
      )
  }
}
