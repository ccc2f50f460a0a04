/** What the rows about the controller share: small overlays, waiting for a fact, and comparing what was accepted with what is shown. */
import { ProxyViews } from '../../shared/protocol/control.ts'
import { HistoryPage } from '../../shared/protocol/peer-api.ts'
import { call, type PeerClient } from '../harness/peer-client.ts'

/** Asks again and again until it is so. A test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** How the controller sees a proxy, or undefined. */
export async function proxyView(controller: string, name: string) {
  const answer = await call('GET', `${controller}/api/proxies`)
  return ProxyViews.parse(answer.body).find(view => view.name === name)
}

/** Resolves once the proxy has its newest table in force. */
export const converged = (controller: string, name: string): Promise<void> =>
  until(async () => {
    const version = (await proxyView(controller, name))?.version
    return version !== undefined && version.applied === version.wanted
  })

/**
 * Numbered messages from one person to another, one after another, until it is stopped. What was accepted is compared with
 * what the recipient shows.
 */
export class Traffic {
  readonly #from: PeerClient
  readonly #to: string
  readonly #accepted: string[] = []
  readonly #running: Promise<void>
  #stopped = false
  failed = 0

  constructor(from: PeerClient, to: string, pauseMs = 5) {
    this.#from = from
    this.#to = to
    this.#running = this.#run(pauseMs)
  }

  /** Stops, waits until the recipient shows the last of them, and judges. */
  async verdict(recipient: PeerClient, sender: string): Promise<{ messages: number; held: string }> {
    this.#stopped = true
    await this.#running
    const last = this.#accepted.at(-1)
    if (last !== undefined) await recipient.message(record => record.sender === sender && record.message === last)
    const texts = await textsFrom(recipient, sender)
    const lost = this.#accepted.filter(text => !texts.includes(text)).length
    const twice = texts.length - new Set(texts).size
    const disordered = texts.filter((text, n) => n > 0 && numberOf(text) < numberOf(texts[n - 1] ?? '')).length
    return { messages: this.#accepted.length, held: `${lost}/${twice}/${disordered}` }
  }

  get count(): number {
    return this.#accepted.length
  }

  async #run(pauseMs: number): Promise<void> {
    for (let n = 1; !this.#stopped; n += 1) {
      const text = `traffic ${n}`
      try {
        await this.#from.send(this.#to, text)
        this.#accepted.push(text)
      } catch {
        this.failed += 1
      }
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }
}

/** What the recipient shows of a sender's traffic, in the order in which it shows it. */
async function textsFrom(recipient: PeerClient, sender: string): Promise<string[]> {
  const texts: string[] = []
  let before: string | null = ''
  while (before !== null) {
    const query: string = before === '' ? '' : `&before=${before}`
    const answer = await call('GET', `${recipient.url}/api/conversations/${sender}/messages?limit=200${query}`)
    const page = HistoryPage.parse(answer.body)
    const theirs = page.messages.filter(message => message.sender === sender && message.message.startsWith('traffic '))
    texts.unshift(...theirs.map(({ message }) => message))
    before = page.before
  }
  return texts
}

const numberOf = (text: string): number => Number(text.split(' ')[1])
