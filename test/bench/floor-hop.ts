/** One bare hop for the bench's floor: commits what is posted, answers, and passes it on, or shows it as an event if it is the last. */
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import { DatabaseSync } from '@photostructure/sqlite'

const [port, next, file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: floor-hop.ts PORT NEXT_PORT DATABASE')

const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE message (body TEXT)')
const insert = database.prepare('INSERT INTO message VALUES (?)')
const agent = new Agent({ keepAlive: true })
const readers = new Set<ServerResponse>()

const passOn = (body: string): void => {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request({ host: '127.0.0.1', port: next, method: 'POST', path: '/', agent, headers }, reply => reply.resume())
    .on('error', () => {})
    .end(body)
}

createServer((incoming, outgoing) => {
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
    // The statement does not keep its database from being collected; using it here does.
    database.exec('BEGIN IMMEDIATE')
    insert.run(body)
    database.exec('COMMIT')
    outgoing.writeHead(202, { 'content-type': 'application/json' }).end('{"state":"accepted"}')
    if (next === '0') for (const reader of readers) reader.write(`event: message\ndata: ${body}\n\n`)
    else passOn(body)
  })
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
