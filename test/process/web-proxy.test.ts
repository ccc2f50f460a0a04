/** An overlay whose environment names a web proxy: the providers are reached through it, and nothing else is. */
import { expect, onTestFinished, test } from 'vitest'
import { beginStream, DONE, startRawServer } from '../../proxy/providers/testing/raw-server.ts'
import { startWebProxy } from '../../proxy/providers/testing/web-proxy-server.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'

test('an overlay behind a web proxy asks providers through it, and reaches its own parts directly', async () => {
  const provider = await startRawServer((_, response) => {
    beginStream(response, 'Hi from far away')
    response.end(DONE)
  })
  const webProxy = await startWebProxy()
  const { port } = new URL(provider.origin)
  const route = { kind: 'openai', baseUrl: `http://provider.test:${port}/v1`, model: 'm' }
  const fleet = await Fleet.open({
    config: config => ({ ...persons('alice', 'bob')(config), routes: { REMOTE: route } }),
  })
  onTestFinished(() => fleet[Symbol.asyncDispose]())
  const address = `http://joe:s3cret@${webProxy.host}`
  const env = { HTTPS_PROXY: address, HTTP_PROXY: address, NODE_USE_ENV_PROXY: '1' }
  await fleet.start('controller', '', { env })
  for (const name of ['alice', 'bob'])
    await Promise.all([fleet.start('proxy', name, { env }), fleet.start('peer', name, { env })])
  const alice = await PeerClient.connect(fleet.peer(0))
  onTestFinished(() => alice[Symbol.dispose]())
  await alice.sees('REMOTE', { online: true })

  const toBob = await alice.send('bob', 'Hello')
  await alice.state(toBob, 'received')
  expect(webProxy.asked).toEqual([])

  const question = await alice.send('REMOTE', 'Hello?')
  const answer = await alice.message(({ metadata }) => metadata.replyTo === question)
  expect(answer.message).toBe('Hi from far away')
  expect(webProxy.asked.map(({ target }) => target)).toEqual([`provider.test:${port}`])
  expect(webProxy.others).toEqual([])

  const { output } = fleet.life('proxy alice')
  expect(output).toMatch(/providers are reached through a web proxy/)
  expect(output).toContain(`http://${webProxy.host}`)
  expect(output).not.toMatch(/s3cret|joe/)
})
