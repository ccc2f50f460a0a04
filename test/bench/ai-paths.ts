/** Two ways to one answer: asked directly of the provider, and through a proxy. Both tell each piece as it is heard. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { Connection } from './connection.ts'

/** What a question asks for: so many pieces, so many milliseconds from one to the next. */
export type Script = `${number}x${number}`
/** Asks, and resolves with the whole answer. */
export type Path = (script: Script, onPiece: (text: string) => void) => Promise<string>

/** The bench's provider as a process. */
export async function startProvider(): Promise<{ readonly origin: string } & Disposable> {
  const file = join(import.meta.dirname, 'ai-provider.ts')
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = child.stdout === null ? [''] : await once(child.stdout, 'data')
  return { origin: `http://127.0.0.1:${String(port).trim()}`, [Symbol.dispose]: () => child.kill('SIGKILL') }
}

/** Calls back for each whole event of a stream. */
function eventsIn(onEvent: (event: string) => void): (text: string) => void {
  let rest = ''
  return text => {
    const events = (rest + text).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) onEvent(event)
  }
}

const CONTENT = /"content":"([^"]*)"/
const agent = new Agent({ keepAlive: true })

/** As an application would that calls the provider itself. */
export const direct =
  (origin: string): Path =>
  (script, onPiece) =>
    new Promise((resolve, reject) => {
      const messages = [{ role: 'user', content: 'how long does this take?' }]
      const body = JSON.stringify({ model: script, messages, stream: true })
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const asking = request(`${origin}/v1/chat/completions`, { method: 'POST', agent, headers }, reply => {
        let whole = ''
        const read = eventsIn(event => {
          const text = CONTENT.exec(event)?.[1]
          if (text === undefined) return
          whole += text
          onPiece(text)
        })
        reply
          .setEncoding('utf8')
          .on('data', read)
          .on('end', () => resolve(whole))
          .on('error', reject)
      })
      asking.on('error', reject).end(body)
    })

type Waiting = { readonly onPiece: (text: string) => void; readonly resolve: (whole: string) => void }
const PIECE = /"replyTo":"([^"]+)","offset":\d+,"text":"([^"]*)"/
const ANSWER = /"message":"([^"]*)".*"replyTo":"([^"]+)"/

/** As a peer does: a POST to its proxy, and the pieces on the proxy's event stream. */
export async function throughProxy(proxy: string): Promise<{ readonly ask: Path } & Disposable> {
  const waiting = new Map<string, Waiting>()
  const idle: Connection[] = []
  const hear = (event: string) => {
    const [, of = '', piece = ''] = PIECE.exec(event) ?? []
    if (of !== '') return waiting.get(of)?.onPiece(piece)
    const [, whole = '', id = ''] = event.includes('"kind":"message"') ? (ANSWER.exec(event) ?? []) : []
    waiting.get(id)?.resolve(whole)
  }
  const reading = get(`${proxy}/events`)
  const [reply] = await once(reading, 'response')
  reply.setEncoding('utf8').on('data', eventsIn(hear))
  reply.on('error', () => undefined)
  const ask: Path = async (script, onPiece) => {
    const connection = idle.pop() ?? (await Connection.open(new URL(`${proxy}/messages`)))
    const id = uuidv7()
    const whole = new Promise<string>(resolve => waiting.set(id, { onPiece, resolve }))
    const question = { id, destination: `AI${script}`, message: 'how long does this take?' }
    const status = await connection.post(JSON.stringify({ ...question, timestamp: new Date().toISOString() }))
    if (status !== 202) throw new Error(`the proxy answered ${status}`)
    idle.push(connection)
    const text = await whole
    waiting.delete(id)
    return text
  }
  const dispose = () => {
    for (const connection of idle) connection[Symbol.dispose]()
    reading.destroy()
  }
  return { ask, [Symbol.dispose]: dispose }
}
