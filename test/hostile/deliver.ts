/** Sends hostile requests over a few keep-alive connections a process, many at a time, and says what was answered. */
import { Agent, request } from 'node:http'
import type { Case } from './cases.ts'

/** Longer than any call may take: the server's own deadline for a request, and some more. */
const PATIENCE_MS = 60_000
const KEPT_BYTES = 2_000

/** `status` 0 is a connection that was closed without an answer; -1 is a call that was not answered in time. */
export type Outcome = { readonly status: number; readonly text: string }

export class Courier implements Disposable {
  readonly #agents = new Map<string, Agent>()
  readonly #connections: number

  constructor({ connections = 6 }: { connections?: number } = {}) {
    this.#connections = connections
  }

  /** @throws {TypeError} for what Node itself would never send */
  deliver({ target, method, path, headers, body }: Case): Promise<Outcome> {
    const agent = this.#agents.get(target.name) ?? new Agent({ keepAlive: true, maxSockets: this.#connections })
    this.#agents.set(target.name, agent)
    return new Promise((resolve, reject) => {
      let isSent: ReturnType<typeof request>
      try {
        isSent = request(target.origin + path, { method, headers, agent })
      } catch (error) {
        return reject(error)
      }
      let text = ''
      let status = 0
      const timer = setTimeout(() => {
        status = -1
        isSent.destroy()
      }, PATIENCE_MS)
      const done = () => {
        clearTimeout(timer)
        resolve({ status, text })
      }
      isSent.on('response', response => {
        status = response.statusCode ?? 0
        // A stream has no end: its beginning is the answer.
        const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (text.length < KEPT_BYTES) text += chunk.slice(0, KEPT_BYTES)
          if (isStream) response.destroy()
        })
        response.on('error', () => {})
        response.once('close', done)
      })
      isSent.on('error', done)
      isSent.end(body)
    })
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}

/** Does all of it, so many at a time. */
export async function together<T>(work: Iterable<T>, atOnce: number, act: (one: T) => Promise<void>): Promise<void> {
  const rest = work[Symbol.iterator]()
  const worker = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await act(next.value)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
