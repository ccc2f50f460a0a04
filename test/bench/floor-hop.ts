/**
 * One bare hop for the bench's floor: commits what is posted, answers, and passes it on, or shows it as an event if it is
 * the last. `each` commits and passes on one by one; `grouped` commits once a turn of the event loop and passes on, one
 * request at a time, all that waits: what any durable hop has to do under load, and nothing else.
 */
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import { DatabaseSync } from '@photostructure/sqlite'

const [port, next, file, how] = process.argv.slice(2)
if (file === undefined || (how !== 'each' && how !== 'grouped'))
  throw new Error('usage: floor-hop.ts PORT NEXT_PORT DATABASE each|grouped')

const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE message (body TEXT)')
const insert = database.prepare('INSERT INTO message VALUES (?)')
const agent = new Agent({ keepAlive: true })
const readers = new Set<ServerResponse>()
let arrived: { lines: string[]; answer: () => void }[] = []
const waiting: string[] = []
let inFlight = false

function commit(): void {
  const group = arrived
  arrived = []
  // The statement does not keep its database from being collected; using it here does.
  database.exec('BEGIN IMMEDIATE')
  for (const { lines } of group) for (const line of lines) insert.run(line)
  database.exec('COMMIT')
  for (const { lines, answer } of group) {
    answer()
    waiting.push(...lines)
  }
  if (next === '0') showAll()
  else if (how === 'each') for (const line of waiting.splice(0)) passOn(line, () => undefined)
  else passOnAll()
}

function showAll(): void {
  const frames = waiting.splice(0).map(line => `event: message\ndata: ${line}\n\n`)
  for (const reader of readers) reader.write(frames.join(''))
}

function passOnAll(): void {
  if (inFlight || waiting.length === 0) return
  inFlight = true
  passOn(waiting.splice(0).join('\n'), () => {
    inFlight = false
    passOnAll()
  })
}

function passOn(body: string, then: () => void): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const outgoing = request({ host: '127.0.0.1', port: next, method: 'POST', path: '/', agent, headers }, reply => {
    reply.resume().once('end', then)
  })
  outgoing.on('error', () => {}).end(body)
}

const server = createServer((incoming, outgoing) => {
  if (incoming.method === 'GET') {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
    readers.add(outgoing)
    return
  }
  let body = ''
  incoming.setEncoding('utf8').on('data', piece => {
    body += piece
  })
  incoming.on('end', () => {
    const text = '{"state":"accepted"}'
    const headers = { 'content-type': 'application/json', 'content-length': text.length }
    arrived.push({ lines: body.split('\n'), answer: () => outgoing.writeHead(202, headers).end(text) })
    if (how === 'each') commit()
    else if (arrived.length === 1) setImmediate(commit)
  })
})
// A connection that is closed for being idle while a message is put on it would lose that message.
server.keepAliveTimeout = 0
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
