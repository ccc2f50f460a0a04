import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { providerDispatcher } from '../providers/dispatcher.ts'
import { inTurn } from './in-turn.ts'
import { modelClient } from './model-clients.ts'
import { ModelServer } from './model-server.ts'

test('a client ends with its trial, also when the proxy stops in the middle of a call', async () => {
  const stop = new AbortController()
  const dispatcher = providerDispatcher()
  const route = { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', model: 'm', privateNetwork: true } as const
  const server = new ModelServer({ route, key: undefined, dispatcher, signal: stop.signal })
  const client = await modelClient('openai', stop.signal)
  const asked = client.all(server)
  stop.abort()
  await expect(asked).rejects.toThrow()
  await client[Symbol.asyncDispose]()
  await expect(client.all(server)).rejects.toMatchObject({ cause: { message: 'the client ended' } })
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  await expect(modelClient('openai', stop.signal)).rejects.toBe(stop.signal.reason)
  await dispatcher.destroy()
})

test('one trial begins when the one before it has ended, however it did', async () => {
  const told: string[] = []
  const run = inTurn(async (name: string) => {
    told.push(`${name} begins`)
    await Promise.resolve()
    told.push(`${name} ends`)
    if (name === 'a') throw new Error('a failed')
    return name
  })
  expect(await Promise.allSettled([run('a'), run('b')])).toMatchObject([{ status: 'rejected' }, { value: 'b' }])
  expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})
