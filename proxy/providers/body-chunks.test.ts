import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { chunksOf } from './body-chunks.ts'

const never = new AbortController().signal
const body = (): Readable => new Readable({ read: () => {} })

test('what a body delivered before it broke is read before the error', async () => {
  const source = body()
  const chunks = chunksOf(source, { signal: never, onLife: () => {} })
  source.once('data', () => source.destroy(new Error('cut')))
  source.push(Buffer.from('a'))
  expect(await chunks.next()).toMatchObject({ value: Buffer.from('a') })
  await expect(chunks.next()).rejects.toThrow('cut')
})

test('each chunk is a sign of life, although nobody reads yet', async () => {
  const source = body()
  let signs = 0
  const chunks = chunksOf(source, { signal: never, onLife: () => signs++ })
  const second = new Promise(resolve =>
    source.on('data', chunk => chunk.equals(Buffer.from('b')) && resolve(undefined)),
  )
  source.push(Buffer.from('a'))
  source.push(Buffer.from('b'))
  await second
  expect(signs).toBe(2)
  await chunks.return()
})

test('a sender that is far ahead of its reader has to wait', async () => {
  const source = body()
  const chunks = chunksOf(source, { signal: never, onLife: () => {} })
  const paused = new Promise(resolve => source.once('pause', resolve))
  source.push(Buffer.alloc(2 * 1024 * 1024))
  await paused
  await chunks.next()
  expect(source.isPaused()).toBe(false)
})

test('waiting for a chunk ends when the signal aborts', async () => {
  const abort = new AbortController()
  const next = chunksOf(body(), { signal: abort.signal, onLife: () => {} }).next()
  abort.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
})
