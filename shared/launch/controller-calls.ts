/** What the launcher asks of its controller while everything runs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CallRefusedError, HttpClient } from '../process/http-client.ts'
import { bearer, overlayKey } from '../process/overlay-key.ts'
import type { Secret } from '../process/secret.ts'
import { StartError } from '../process/start-error.ts'
import { ProxyViews } from '../protocol/control.ts'
import { errorText } from '../protocol/errors.ts'
import { sameName } from '../protocol/names.ts'

/** A controller that died is back within a few seconds. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 50
/** Most bytes of what is known of all proxies: 10,000 have room in it. */
const VIEWS_BYTES = 32 * 1024 * 1024

export class ControllerCalls implements Disposable {
  readonly #url: string
  readonly #key: Secret
  readonly #client = new HttpClient()

  constructor(url: string, data: string) {
    this.#url = url
    this.#key = overlayKey(data)
  }

  /** Has it read the configuration anew. @throws {StartError} when it refuses, or does not answer for ten seconds */
  async configure(signal: AbortSignal): Promise<void> {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      try {
        await this.#client.json('POST', `${this.#url}/api/configuration`, { signal, headers: bearer(this.#key) })
        return
      } catch (error) {
        if (error instanceof CallRefusedError || signal.aborted || Date.now() > until)
          throw new StartError(`Cannot tell the controller: ${errorText(error)}`)
        await sleep(PAUSE_MS)
      }
    }
  }

  /** Waits until a proxy and all that are connected have the tables they are to have, for ten seconds. @returns whether they have; false also when one refuses its table */
  async tablesApplied(name: string, signal: AbortSignal): Promise<boolean> {
    const until = Date.now() + PATIENCE_MS
    while (Date.now() < until && !signal.aborted) {
      const views = await this.#views(signal)
      const connected = views.filter(view => view.connected)
      const pending = connected.filter(({ version }) => version.refused === null && version.applied !== version.wanted)
      if (pending.length === 0 && connected.some(view => sameName(view.name, name))) {
        return connected.every(({ version }) => version.refused === null)
      }
      await sleep(PAUSE_MS)
    }
    return false
  }

  async #views(signal: AbortSignal) {
    try {
      return ProxyViews.parse(
        await this.#client.json('GET', `${this.#url}/api/proxies`, { signal, answerBytes: VIEWS_BYTES }),
      )
    } catch {
      // It may be starting anew at this moment; whoever waits looks again.
      return []
    }
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]()
  }
}
