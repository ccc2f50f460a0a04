/** Keys in use: a wrong one is said in words, and the right one works for the next question, without a restart. */
import { expect, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const WRONG_KEY = 'sk-wrong-0123456789-abcdef'

test.each(['openai', 'anthropic', 'gemini', 'mistral'] as const)(
  'a wrong key for %s fails in words that do not show it; the right one works for the next question',
  async provider => {
    await using overlay = await Overlay.start({ args: ['--demo', '--only', 'behrooz'] })
    using behrooz = await PeerClient.connect(overlay.peer(0))
    const route = provider === 'openai' ? 'GPT' : provider.toUpperCase()
    const origins = [`http://127.0.0.1:${overlay.base + 4000}`]
    const put = (value: string) =>
      call('PUT', `${overlay.controller}/api/credentials/${provider}`, { provider, value, origins })
    const ask = async (question: string) => {
      const id = await behrooz.send(route, question)
      return behrooz.message(message => message.metadata.replyTo === id)
    }
    expect(await put(WRONG_KEY)).toMatchObject({ status: 200, body: { last4: 'cdef', set: true } })
    const refused = await ask('Do you know me?')
    expect(refused).toMatchObject({
      type: 'notification',
      metadata: { error: { code: 'wrong_key', retryable: false } },
    })
    expect(refused.message).toMatch(/key/i)
    expect(await put(DEMO_KEYS[provider])).toMatchObject({ status: 200, body: { last4: '0001' } })
    expect(await ask('And now?')).toMatchObject({ type: 'chat', metadata: { ending: 'stop', demo: true } })
    const seen = JSON.stringify([
      behrooz.heard,
      overlay.output,
      overlay.log('proxy behrooz'),
      overlay.log('controller'),
    ])
    for (const key of [WRONG_KEY, DEMO_KEYS[provider]]) expect(seen).not.toContain(key.slice(0, -4))
  },
)
