import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { Heard } from '../test/harness/heard.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { END, saying, settled, text } from '../test/harness/scripted-caller.ts'

const endpoints = {
  GPT: { kind: 'openai', baseUrl: 'http://localhost:1/v1', model: 'm1' },
} as const satisfies Endpoints
const question = () => sampleSubmission({ destination: 'GPT', message: 'why?' })
const TODAY = Date.UTC(2026, 0, 31)
const MONTH = 30 * 86_400_000

test('the conversation that goes along with a question is gone from the disk once that is answered, and it is still known', async () => {
  const caller = saying(text('so'), END)
  const proxy = await openMemoryProxy({
    ...{ name: 'alice', folder: scratchFolder(), network: new MemoryNetwork(), endpoints, caller },
  })
  const asked = { ...question(), context: { turns: [{ role: 'user' as const, text: 'what nobody else may read' }] } }
  await proxy.carrier.submit(asked)
  await settled(proxy, asked.id)
  expect(JSON.stringify(proxy.store.all(z.looseObject({}), 'SELECT * FROM question'))).not.toContain('nobody else')
  await proxy.carrier.submit(asked)
  await expect(proxy.carrier.submit({ ...asked, message: 'another' })).rejects.toMatchObject({ code: 'id_conflict' })
  await settled(proxy, asked.id)
  expect(caller.asked.all).toHaveLength(1)
})

test('a question that was answered is remembered although the clock on the wall was set back', async () => {
  const folder = scratchFolder()
  const caller = saying(text('so'), END)
  const tidied = new Heard<number>()
  const wrap = (store: Store): Store => {
    const shrink = store.shrink.bind(store)
    store.shrink = pages => {
      tidied.add(pages)
      return shrink(pages)
    }
    return store
  }
  const open = (now: number) =>
    openMemoryProxy({
      ...{ name: 'alice', folder, network: new MemoryNetwork(), endpoints, caller, wrap },
      now: () => now,
    })
  await (await open(TODAY + MONTH)).close()
  const proxy = await open(TODAY)
  const asked = question()
  await proxy.carrier.submit(asked)
  await settled(proxy, asked.id)
  await proxy.begin()
  await tidied.first(() => true)
  await proxy.carrier.submit(asked)
  await settled(proxy, asked.id)
  expect(caller.asked.all).toHaveLength(1)
})
