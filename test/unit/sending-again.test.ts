/** A peer and its proxy, when a person sends again what an answer to an earlier hand-over was lost of. */
import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { LostStores } from '../../peer/lost-stores.ts'
import { openMemoryPeer } from '../harness/memory-peer.ts'
import { openMemoryProxy, peersNamed } from '../harness/memory-proxy.ts'
import { MemoryNetwork } from '../harness/memory-transport.ts'
import { scratchFolder } from '../harness/scratch.ts'

/** A peer with one message to bob, whom nobody reaches, and its proxy. */
async function oneSent() {
  const network = new MemoryNetwork()
  network.fault = () => 'lost'
  const peer = await openMemoryPeer()
  const proxy = await openMemoryProxy({
    name: 'alice',
    folder: scratchFolder(),
    network,
    endpoints: peersNamed('bob'),
    random: () => 0.9,
  })
  await peer.arrivals.met(uuidv4())
  const { id } = await peer.chat.send('bob', { message: 'hi' })
  const handOver = async () => {
    const head = peer.desk.outbox.head()
    await peer.arrivals.handedOver(await proxy.carrier.submitAll(head), head)
  }
  const takenBack = async () => {
    await proxy.told.first(event => event.kind === 'waiting')
    await proxy.carrier.cancel(id)
    await peer.tell(...proxy.kept())
    expect(peer.history('bob')).toMatchObject([{ state: 'cancelled' }])
  }
  return { handOver, id, peer, proxy, takenBack }
}

test('what is sent again is sent, although the hand-over before it was never answered', async () => {
  const { handOver, id, peer, proxy, takenBack } = await oneSent()
  await proxy.carrier.submitAll(peer.desk.outbox.head())
  await takenBack()
  await peer.chat.retry(id)
  await handOver()
  expect(proxy.outbox.waiting()).toBe(1)
  expect(peer.desk.outbox.ids()).toEqual([])
})

test('a late answer to an earlier attempt does not speak for the one that a person made since', async () => {
  const { id, peer, proxy, takenBack } = await oneSent()
  const head = peer.desk.outbox.head()
  const late = await proxy.carrier.submitAll(head)
  await takenBack()
  await peer.chat.retry(id)
  await peer.arrivals.handedOver(late, head)
  expect(peer.desk.outbox.ids()).toEqual([id])
})

test('what was handed over anew under a clock that ran ahead can be sent again', async () => {
  const { handOver, id, peer, proxy, takenBack } = await oneSent()
  await handOver()
  await proxy.store.write(() => proxy.outbox.giveUp(id))
  const replies = { reportFailure: () => () => {} }
  const ahead = new LostStores({ desk: peer.desk, replies, now: () => new Date('2026-01-03T03:04:05Z') })
  await ahead.met(uuidv4())
  await handOver()
  await takenBack()
  await peer.chat.retry(id)
  await handOver()
  expect(proxy.outbox.waiting()).toBe(1)
})
