import { createServer } from 'node:http'
import { EventSource } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Heard } from '../../test/harness/heard.ts'
import { freePort } from '../../test/harness/scratch.ts'
import { openHealingSource } from './healing-source.ts'

test('stream that is ended as soon as it is open is opened again with growing pauses', async () => {
  const asked = new Heard<number>()
  const server = createServer((_, response) => {
    asked.add(performance.now())
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': your place is taken\n\n')
  })
  const port = await freePort()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  vi.stubGlobal('EventSource', EventSource)
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('window', new EventTarget())
  const close = openHealingSource({
    url: () => `http://127.0.0.1:${port}/`,
    names: ['message'],
    onEvent: () => {},
    onConnection: () => {},
  })
  onTestFinished(() => {
    close()
    vi.unstubAllGlobals()
    server.closeAllConnections()
    server.close()
  })
  await asked.times(5, () => true)
  const pauses = asked.all.slice(1).map((time, n) => time - (asked.all[n] ?? 0))
  for (const [n, least] of [490, 990, 1_990, 3_990].entries()) expect([n, (pauses[n] ?? 0) > least]).toEqual([n, true])
}, 30_000)
