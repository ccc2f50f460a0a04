/**
 * A provider for the bench, in a process of its own: whatever it is asked, it streams as many pieces as the model of the
 * request says, at its pace. Each piece holds the time at which it was written.
 */
import { createServer, type ServerResponse } from 'node:http'
import { chunkOf, pieceTimes } from './ai-stream.ts'

async function stream(response: ServerResponse, { pieces, paceMs }: { pieces: number; paceMs: number }): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const began = performance.now()
  for (let n = 0; n < pieces && !response.destroyed; n += 1) {
    const dueMs = began + n * paceMs - performance.now()
    if (paceMs > 0 && dueMs > 0) await new Promise(resolve => setTimeout(resolve, dueMs))
    response.write(chunkOf(pieceTimes.write()))
  }
  response.end('data: [DONE]\n\n')
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', piece => {
    body += piece
  })
  request.on('end', () => {
    const [, pieces = '1', paceMs = '0'] = /"model":"(\d+)x(\d+)"/.exec(body) ?? []
    void stream(response, { pieces: Number(pieces), paceMs: Number(paceMs) })
  })
})
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${address === null || typeof address === 'string' ? 0 : address.port}\n`)
})
