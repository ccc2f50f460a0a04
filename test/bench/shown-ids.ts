/** Hears which messages are shown: reads a `text/event-stream` without parsing more than the id of each message. */
import { get } from 'node:http'

const ID = /"id":"([0-9a-f-]{36})"/

/** Resolves once the stream is open; `onId` is called for each event `message`. */
export const followShownIds = (url: string, onId: (id: string) => void): Promise<Disposable> =>
  new Promise((resolve, reject) => {
    const asking = get(url, reply => {
      let rest = ''
      reply.setEncoding('utf8').on('data', (text: string) => {
        const events = (rest + text).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          const id = event.startsWith('event: message\n') ? ID.exec(event)?.[1] : undefined
          if (id !== undefined) onId(id)
        }
      })
      reply.on('error', () => undefined)
      reply.once('data', () => resolve({ [Symbol.dispose]: () => asking.destroy() }))
    })
    asking.on('error', reject)
  })
