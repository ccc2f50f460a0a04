/** What the sending loop may rely on, whatever carries its batches: the same tests for every transport. */
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Transport, UnreachableError } from '../../proxy/transport.ts'
import { CallRefusedError } from '../../shared/process/http-client.ts'
import { Acknowledgement, type Batch } from '../../shared/protocol/overlay.ts'
import type { PeerRoute } from '../../shared/protocol/route.ts'
import type { Heard } from './heard.ts'
import { openMemoryProxy, peersNamed } from './memory-proxy.ts'
import { MemoryNetwork } from './memory-transport.ts'
import { sampleBatch, sampleMessage } from './samples.ts'
import { scratchFolder } from './scratch.ts'

/** What becomes of a request that was taken whole: its answer is cut off, comes half, never comes, or comes in endless drops. */
export const BREAKS = ['reset', 'truncated', 'stalled', 'in drops'] as const
export type Break = (typeof BREAKS)[number]

/** Where a transport is tried: somebody who listens there, nobody, or somebody who does not answer as one should. */
export type Stage = {
  readonly open: (route: (name: string) => PeerRoute, options?: { deadlineMs: number }) => Transport
  readonly serve: (app: Hono) => Promise<PeerRoute>
  readonly nobody: () => Promise<PeerRoute>
  readonly breaks: (how: Break) => Promise<{ route: PeerRoute; requests: Heard<true> }>
}

const acknowledged = (batch: Batch): Acknowledgement => ({
  continues: true,
  acknowledged: batch.messages.at(-1)?.sequence ?? 0,
  refused: [],
  receipts: { stream: batch.stream, received: 0, read: 0 },
  presence: { kind: 'person', online: true },
})

/** An app that keeps what came and acknowledges it. */
function listener() {
  const batches: Batch[] = []
  const app = new Hono().post('/overlay/messages', async c => {
    const batch: Batch = await c.req.json()
    batches.push(batch)
    return c.json(acknowledged(batch))
  })
  return { app, batches }
}

const answering = (make: () => Response) => new Hono().post('/overlay/messages', make)
const endless = () => new AbortController().signal
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it was delivered',
    error => error,
  )

export function describeTransport(name: string, stage: () => Stage): void {
  /** A transport to one place, closed when the test ends. */
  const opened = (route: (name: string) => PeerRoute, options?: { deadlineMs: number }) => {
    const transport = stage().open(route, options)
    onTestFinished(() => transport[Symbol.asyncDispose]())
    return transport
  }

  describe(name, () => {
    test('delivers a batch to a proxy and resolves with its acknowledgement', async () => {
      const network = new MemoryNetwork()
      const bob = await openMemoryProxy({ name: 'bob', folder: scratchFolder(), network, endpoints: peersNamed() })
      const route = await stage().serve(bob.app)
      const batch = sampleBatch('one', 'two')
      const acknowledgement = await opened(() => route).deliver(batch, endless())
      expect(acknowledgement).toMatchObject({ acknowledged: 2, receipts: { stream: batch.stream } })
      expect(bob.texts()).toEqual(['one', 'two'])
    })

    test('carries 64 messages of 256 KiB that JSON must escape, unchanged', async () => {
      const { app, batches } = listener()
      const route = await stage().serve(app)
      const text = '\u0001"\\\ud800é😀'.repeat(4096).slice(0, 4096)
      const batch = sampleBatch(...Array.from({ length: 64 }, () => text))
      expect(await opened(() => route).deliver(batch, endless())).toMatchObject({ acknowledged: 64 })
      expect(batches).toEqual([batch])
    })

    test('says that nothing can have arrived where nobody listens', async () => {
      const route = await stage().nobody()
      expect(await failure(opened(() => route).deliver(sampleBatch('lost'), endless()))).toBeInstanceOf(
        UnreachableError,
      )
    })

    test.each(BREAKS)('does not say so when the answer is %s, and gives up at its deadline', async how => {
      const { route, requests } = await stage().breaks(how)
      const error = await failure(opened(() => route, { deadlineMs: 300 }).deliver(sampleBatch('in doubt'), endless()))
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(UnreachableError)
      expect(requests.all).toHaveLength(1)
    })

    test.each([
      ['nothing', ''],
      ['no JSON', 'it works!'],
      ['another thing', '{"acknowledged":"yes"}'],
    ])('does not take %s for an acknowledgement', async (_, text) => {
      const route = await stage().serve(answering(() => new Response(text)))
      const error = await failure(opened(() => route).deliver(sampleBatch('in doubt'), endless()))
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(UnreachableError)
    })

    test.each([307, 400, 404, 413, 500, 503])('tells a refusal with its status %i', async status => {
      const body = JSON.stringify({ error: { code: 'unwanted', message: 'No.' } })
      const route = await stage().serve(answering(() => new Response(body, { status })))
      const error = await failure(opened(() => route).deliver(sampleBatch('refused'), endless()))
      expect(error).toBeInstanceOf(CallRefusedError)
      expect(error).toMatchObject({ status, code: 'unwanted', message: 'No.', retryAfterMs: undefined })
    })

    test('tells how long a refusal asks to wait', async () => {
      const headers = { 'retry-after': '7' }
      const route = await stage().serve(answering(() => new Response('busy', { status: 503, headers })))
      const error = await failure(opened(() => route).deliver(sampleBatch('refused'), endless()))
      expect(error).toMatchObject({ status: 503, code: 'refused', retryAfterMs: 7_000 })
    })

    test('ends a call as soon as its signal aborts', async () => {
      const { route, requests } = await stage().breaks('stalled')
      const stop = new AbortController()
      const error = failure(opened(() => route, { deadlineMs: 60_000 }).deliver(sampleBatch('stopped'), stop.signal))
      await requests.first(() => true)
      stop.abort(new Error('the process stops'))
      expect(await error).toEqual(new Error('the process stops'))
    })

    test('does not begin a call whose signal aborted before', async () => {
      const { app, batches } = listener()
      const route = await stage().serve(app)
      const transport = opened(() => route)
      const aborted = AbortSignal.abort(new Error('the process stops'))
      expect(await failure(transport.deliver(sampleBatch('late'), aborted))).toEqual(new Error('the process stops'))
      await transport.deliver(sampleBatch('after'), endless())
      expect(batches.map(({ messages }) => messages[0]?.message?.message)).toEqual(['after'])
    })

    test('carries batches to different names at once, whatever becomes of one of them', async () => {
      const { route: stalled, requests } = await stage().breaks('stalled')
      const { app } = listener()
      const there = await stage().serve(app)
      const transport = opened(to => (to === 'carol' ? stalled : there), { deadlineMs: 60_000 })
      const stop = new AbortController()
      const stuck = failure(transport.deliver({ ...sampleBatch('stuck'), to: 'carol' }, stop.signal))
      await requests.first(() => true)
      expect(await transport.deliver(sampleBatch('one'), endless())).toMatchObject({ acknowledged: 1 })
      stop.abort(new Error('enough'))
      expect(await stuck).toEqual(new Error('enough'))
    })

    test('goes to the address that a name has at that moment', async () => {
      const [before, after] = [listener(), listener()]
      const routes = [await stage().serve(before.app), await stage().serve(after.app)]
      const asked: string[] = []
      const transport = opened(to => {
        asked.push(to)
        const route = routes[asked.length > 1 ? 1 : 0]
        if (route === undefined || asked.length > 2) throw new Error(`no route leads to ${to}`)
        return route
      })
      for (let n = 0; n < 2; n += 1) await transport.deliver(sampleBatch('moving'), endless())
      expect([before.batches.length, after.batches.length]).toEqual([1, 1])
      const error = await failure(transport.deliver(sampleBatch('nowhere'), endless()))
      expect(error).toEqual(new Error('no route leads to bob'))
      expect(asked).toEqual(['bob', 'bob', 'bob'])
    })

    test('ends what is open when it is closed', async () => {
      const { route, requests } = await stage().breaks('stalled')
      const transport = stage().open(() => route, { deadlineMs: 60_000 })
      const error = failure(transport.deliver(sampleBatch('stopped'), endless()))
      await requests.first(() => true)
      await transport[Symbol.asyncDispose]()
      expect(await error).toBeInstanceOf(Error)
      expect(await failure(transport.deliver(sampleBatch('late'), endless()))).toBeInstanceOf(Error)
      expect(requests.all).toHaveLength(1)
    })

    test('reaches one who comes back where nobody was', async () => {
      let route = await stage().nobody()
      const transport = opened(() => route)
      expect(await failure(transport.deliver(sampleBatch('lost'), endless()))).toBeInstanceOf(UnreachableError)
      route = await stage().serve(listener().app)
      const message = sampleMessage({ message: 'x' })
      const batch = { ...sampleBatch(), messages: [{ sequence: 9, message, stored: true }] }
      expect(await transport.deliver(batch, endless())).toEqual(Acknowledgement.parse(acknowledged(batch)))
    })
  })
}
