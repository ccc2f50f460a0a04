/** Handing messages to the own proxy: many at a time, and one that is refused does not hold up the others. */
import { CallRefusedError, type HttpClient } from '../shared/process/http-client.ts'
import { type Submission, type SubmissionResult, SubmissionResults } from '../shared/protocol/local.ts'

/** Statuses that say that the body itself is refused; any other failure is tried again. */
const FINAL = new Set([400, 404, 409, 413, 415, 422])

export class HandOver {
  readonly #client: HttpClient
  readonly #url: string
  /** The proxy refused several at once: they go one by one, to find the one that it refuses. */
  #oneByOne = false

  constructor(client: HttpClient, proxy: string) {
    this.#client = client
    this.#url = `${proxy}/messages/batch`
  }

  /**
   * @param batch `store` is the proxy's disk that the messages are meant for
   * @returns what became of as many of them as were tried; none when they must be tried one by one
   * @throws {Error} when they may be tried again; one with the code ECONNREFUSED when nothing arrived
   */
  async send(
    { store, messages }: { store: string; messages: readonly Submission[] },
    signal: AbortSignal,
  ): Promise<SubmissionResult[]> {
    const tried = this.#oneByOne ? messages.slice(0, 1) : messages
    try {
      const body = await this.#client.json('POST', this.#url, { body: { store, messages: tried }, signal })
      this.#oneByOne = false
      return SubmissionResults.parse(body).results
    } catch (error) {
      const refused = error instanceof CallRefusedError && FINAL.has(error.status) && error.code !== 'other_store'
      if (!refused) throw error
      this.#oneByOne = true
      const [only] = tried
      if (only === undefined || tried.length > 1) return []
      return [{ id: only.id, state: 'failed', code: error.code, reason: error.message }]
    }
  }
}
