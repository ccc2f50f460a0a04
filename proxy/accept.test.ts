import { expect, test } from 'vitest'
import { openMemoryProxy, peersNamed } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { acceptOrRefuse } from './accept.ts'

const alice = () =>
  openMemoryProxy({
    name: 'alice',
    folder: scratchFolder(),
    network: new MemoryNetwork(),
    endpoints: peersNamed('bob', 'carol'),
  })

test('as many messages wait for a destination as were not given up', async () => {
  const { carrier, destinations } = await alice()
  const all = ['one', 'two', 'three'].map(message => sampleSubmission({ message }))
  await carrier.submitAll(all)
  expect([3, 4].map(count => destinations.hasWaiting('BOB', count))).toEqual([true, false])
  await carrier.cancel(all[1]?.id ?? '')
  expect([2, 3].map(count => destinations.hasWaiting('bob', count))).toEqual([true, false])
  expect(destinations.hasWaiting('carol', 1)).toBe(false)
})

test('message to a destination for which too many wait fails with the reason, and holds up none to others', async () => {
  const { destinations, store, ...parts } = await alice()
  const isFull = { hasWaiting: (name: string) => name === 'bob' }
  const take = (destination: string) =>
    store.write(
      () =>
        acceptOrRefuse(
          { owner: 'alice', now: Date.now, ...parts, destinations: isFull },
          sampleSubmission({ destination }),
        ).result,
    )
  expect(await take('bob')).toMatchObject({ state: 'failed', code: 'outbox_full', reason: /Send this one again/ })
  expect(await take('carol')).toMatchObject({ state: 'accepted' })
})
