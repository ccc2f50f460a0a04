/** Canary keys go in by both doors; afterwards nothing but the credential store holds them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const ENVIRONMENT_KEY = 'sk-c4n4ry-environment-0123456789'
const TYPED_KEY = 'c4n4ry-typed-0123456789-abcdef'

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(name => statSync(name).isFile())
}

test('no answer, event, log or file outside the credential store ever holds a key', async () => {
  // The demonstration provider refuses these keys as the real ones would, so that errors are worded around them.
  await using demo = await Overlay.start({
    args: ['--demo', '--only', 'behrooz'],
    env: { LOG_LEVEL: 'debug', OPENAI_API_KEY: ENVIRONMENT_KEY },
  })
  using behrooz = await PeerClient.connect(demo.peer(0))
  const controller = new AbortController()
  const dashboard = await fetch(`${demo.controller}/api/events`, { signal: controller.signal })
  const heardByDashboard = (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of dashboard.body ?? []) text += decoder.decode(chunk, { stream: true })
    return text
  })().catch(() => '')
  const origins = [`http://127.0.0.1:${demo.base + 4000}`]
  const answers = [
    await call('PUT', `${demo.controller}/api/credentials/anthropic`, {
      provider: 'anthropic',
      value: TYPED_KEY,
      origins,
    }),
    await call('PUT', `${demo.controller}/api/credentials/gemini`, { provider: 'gemini', value: TYPED_KEY, origins }),
    await call('PUT', `${demo.controller}/api/credentials/openai`, {
      provider: 'openai',
      value: `${TYPED_KEY}\nx`,
      origins,
    }),
    await call('GET', `${demo.controller}/api/credentials`),
    await call('GET', `${demo.controller}/api/proxies/behrooz/endpoints`),
  ]
  for (const name of ['ANTHROPIC', 'GEMINI']) {
    const id = await behrooz.send(name, 'which key is this?')
    const notice = await behrooz.message(message => message.metadata.replyTo === id)
    expect(notice).toMatchObject({ type: 'notification', metadata: { error: { code: 'wrong_key' } } })
  }
  const pages = await Promise.all([demo.peer(0), demo.controller].map(async url => (await fetch(url)).text()))
  controller.abort()
  const seen = [
    JSON.stringify(answers.map(answer => answer.body)),
    JSON.stringify(behrooz.heard),
    ...pages,
    await heardByDashboard,
  ]
  await demo.stop()
  seen.push(demo.output)
  for (const text of seen) expect(text).not.toContain('c4n4ry')
  const holders = filesBelow(demo.data).filter(file => readFileSync(file).includes('c4n4ry'))
  expect(holders).toEqual([join(demo.data, 'controller', 'controller.json')])
  expect(statSync(holders[0] ?? '').mode & 0o777).toBe(0o600)
  expect(statSync(demo.data).mode & 0o777).toBe(0o700)
})
