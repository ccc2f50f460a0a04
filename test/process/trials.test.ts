/** A key and a route are tried before they are saved: by the proxy that will use them, and without a trace. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEMO_KEYS, DEMO_PATHS } from '../../config/demo.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const TYPED = 'sk-typed-0123456789-abcdef'
const PROVIDERS = ['openai', 'anthropic', 'gemini', 'mistral'] as const

test('keys are tried in the proxy that uses them; one that is typed is neither stored, logged nor shown', async () => {
  await using overlay = await Overlay.start({ args: ['--demo', '--only', 'behrooz'] })
  using behrooz = await PeerClient.connect(overlay.peer(0))
  await behrooz.sees('GPT', { online: true })
  const post = (path: string, body: unknown) => call('POST', `${overlay.controller}/api/${path}`, body)
  const origins = [`http://127.0.0.1:${overlay.base + 4000}`]
  const answers: unknown[] = []
  for (const provider of PROVIDERS) {
    const saved = await post(`credentials/${provider}/test`, { provider })
    expect(saved.body, JSON.stringify(saved.body)).toMatchObject({ ok: true, proxy: 'behrooz' })
    answers.push(saved.body)
  }
  const typed = await post('credentials/openai/test', { provider: 'openai', value: TYPED, origins })
  expect(typed).toMatchObject({ status: 200, body: { ok: false, code: 'wrong_key', field: 'value' } })
  const fresh = await post('credentials/fresh/test', {
    provider: 'openai',
    value: DEMO_KEYS.openai,
    origins: ['http://127.0.0.1:1'],
  })
  expect(fresh).toMatchObject({ status: 200, body: { ok: false, code: 'unreachable' } })
  const route = {
    kind: 'openai',
    baseUrl: origins[0] + DEMO_PATHS.openai,
    model: 'no-such-model',
    credential: 'openai',
    privateNetwork: true,
  }
  const table = 'proxies/behrooz/endpoints/test'
  const unknown = await post(table, { route })
  expect(unknown).toMatchObject({ status: 200, body: { ok: false, code: 'unknown_model', field: 'model' } })
  expect(await post(table, { route: { ...route, model: 'gpt-6-luna' } })).toMatchObject({ body: { ok: true } })
  expect(await post(table, { route: { ...route, baseUrl: 'http://127.0.0.1:1/v1' } })).toMatchObject({
    status: 422,
    body: { error: { field: 'route.baseUrl', message: expect.stringContaining('may only be sent to') } },
  })
  expect(await post(table, { route: { ...route, credential: 'nobody' } })).toMatchObject({
    status: 422,
    body: { error: { field: 'route.credential' } },
  })
  const extended = { provider: 'openai', origins: ['http://127.0.0.1:1'] }
  expect(await post('credentials/openai/test', extended)).toMatchObject({
    status: 422,
    body: { error: { field: 'value' } },
  })
  expect(await post('proxies/nobody/endpoints/test', { route })).toMatchObject({ status: 404 })
  expect(await post('trials/7d3a8d1c-92c6-4e5a-a3f1-1f6f0f6b7c11', {})).toMatchObject({ status: 422 })

  expect((await call('GET', `${overlay.controller}/api/credentials`)).body).not.toContainEqual(
    expect.objectContaining({ id: 'fresh' }),
  )
  const described = JSON.stringify((await call('GET', `${overlay.controller}/openapi.json`)).body)
  for (const path of ['/api/credentials/{id}/test', '/api/proxies/{name}/endpoints/test'])
    expect(described).toContain(path)
  const kept = filesBelow(overlay.data).map(file => readFileSync(file, 'latin1'))
  const seen = JSON.stringify([answers, typed, fresh, unknown, overlay.output, kept])
  expect(seen).not.toContain(TYPED.slice(0, -4))
  // Mistral's client alone has hundreds of files to load.
}, 180_000)

test('without its proxy a route is not tried, and the answer says so', async () => {
  await using overlay = await Overlay.start({ args: ['--demo', '--only', 'behrooz'] })
  const stranger = 'proxies/alice/endpoints/test'
  const key = readFileSync(join(overlay.data, 'overlay.key'), 'utf8').trim()
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const body = JSON.stringify({ name: 'alice', host: '127.0.0.1', port: overlay.base + 5001 })
  await fetch(`${overlay.controller}/api/register`, { method: 'POST', headers, body })
  const origin = `http://127.0.0.1:${overlay.base + 4000}`
  const route = {
    kind: 'openai',
    baseUrl: origin + DEMO_PATHS.openai,
    model: 'm',
    credential: 'openai',
    privateNetwork: true,
  }
  const post = () => call('POST', `${overlay.controller}/api/${stranger}`, { route })
  expect(await post()).toMatchObject({
    status: 503,
    body: {
      error: { code: 'proxy_offline', message: expect.stringMatching(/^Cannot test: the proxy of alice is offline/) },
    },
  })

  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const stream = (query: string) =>
    fetch(`${overlay.controller}/api/routes?name=alice${query}`, { headers, signal: gone.signal })
  await stream('')
  expect(await post()).toMatchObject({ status: 409, body: { error: { code: 'older_proxy' } } })

  await stream('&trials=1')
  const running = post()
  await call('DELETE', `${overlay.controller}/api/proxies/alice`)
  expect(await running).toMatchObject({ status: 503, body: { error: { code: 'proxy_offline' } } })
})

function filesBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name)).filter(file => !file.includes('/build/'))
}
