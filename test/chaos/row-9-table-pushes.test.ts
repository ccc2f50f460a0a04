/** Row 9: tables pushed under traffic, half of them invalid: refused with the reason, by the controller and by the proxy itself. */
import { expect, test } from 'vitest'
import { portsFrom } from '../../config/ports.ts'
import { TableView } from '../../shared/protocol/control.ts'
import { ErrorBody } from '../../shared/protocol/errors.ts'
import { PeerList } from '../../shared/protocol/local.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { FakeController } from './fake-controller.ts'
import { count, report } from './report.ts'
import { Stage } from './stage.ts'
import { converged } from './waiting.ts'

const PUSHES = count({ full: 500, small: 40 })
/** Messages, at most, while tables are saved. */
const PER_SECOND = 200
const CONVERGED_MS = 2_000

const peer = (port: number) => ({ kind: 'peer', host: '127.0.0.1', port })
const gpt = { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', credential: 'openai' }

/** Each with the field that is wrong, and a word of the reason. `bad` shows in no list of peers unless the table was applied. */
const invalid: readonly (readonly [field: string, hint: string, endpoints: Record<string, unknown>])[] = [
  ['endpoints.bad.kind', 'openai', { bad: { kind: 'carrier-pigeon' } }],
  ['endpoints.bad.port', '65535', { bad: peer(70_000) }],
  ['endpoints.bad.parameters', 'heat', { bad: { ...gpt, parameters: { heat: 1 } } }],
  ['endpoints.BAD', 'same name', { bad: peer(1), BAD: peer(1) }],
]
const elsewhere = { ...gpt, baseUrl: 'https://evil.example/v1' }
/** The controller refuses these as well; in a proxy such a route is one that cannot be asked, and the others go on. */
const refusedAtTheSave: typeof invalid = [
  ...invalid,
  ['endpoints.bad.baseUrl', 'may only be sent to', { bad: elsewhere }],
  ['endpoints.bad.baseUrl', 'Private network', { bad: { ...gpt, baseUrl: 'http://169.254.169.254/v1' } }],
  ['endpoints.bad.baseUrl', 'no user name', { bad: { ...gpt, baseUrl: 'https://api.openai.com@evil.example/v1' } }],
]

const at = <T>(list: readonly T[], n: number): T => {
  const found = list[n % list.length]
  if (found === undefined) throw new Error('an empty list')
  return found
}

const namesAt = async (proxy: string): Promise<string[]> =>
  PeerList.parse((await call('GET', `${proxy}/peers`)).body).map(({ name }) => name)

test('tables saved under traffic: invalid ones are refused with the field, valid ones are in force within two seconds, no message fails', async () => {
  await using stage = await Stage.open(['behrooz', 'alice'])
  const { fleet } = stage
  using behrooz = await PeerClient.connect(stage.peer('behrooz'))
  const url = `${fleet.controller}/api/proxies/behrooz/endpoints`
  const { endpoints } = TableView.parse((await call('GET', url)).body)
  const load = stage.load('behrooz', 'alice', { senders: 1, perSecond: PER_SECOND })
  let [hit, refused, slowest] = [0, 0, 0]
  for (let n = 0; n < PUSHES; n += 1) {
    const before = load.accepted.length
    if (n % 2 === 0) {
      const [field, hint, wrong] = at(refusedAtTheSave, n / 2)
      const answer = await call('PUT', url, { endpoints: { ...endpoints, ...wrong } }, { 'if-match': '*' })
      expect(answer.status).toBe(422)
      const { error } = ErrorBody.parse(answer.body)
      expect(error.field).toBe(field)
      expect(error.message).toContain(hint)
      refused += 1
    } else {
      const table = { ...endpoints, [`friend${n}`]: peer(portsFrom(fleet.base).proxy(1)) }
      const answer = await call('PUT', url, { endpoints: table }, { 'if-match': '*' })
      expect(answer.status).toBe(200)
      const began = performance.now()
      await converged(fleet.controller, 'behrooz')
      slowest = Math.max(slowest, performance.now() - began)
      expect(await namesAt(fleet.proxy(0))).toContain(`friend${n}`)
    }
    hit += load.accepted.length > before ? 1 : 0
  }
  await load.stop()
  const held = await stage.verdict()
  const shown = behrooz.heard.flatMap(event => (event.name === 'peers' ? event.data.map(({ name }) => name) : []))
  expect(shown.filter(name => name.toLowerCase() === 'bad')).toEqual([])
  expect(load.failedTries).toBe(0)
  expect(slowest).toBeLessThan(CONVERGED_MS)
  report({
    row: 9,
    fault: 'tables saved, half of them invalid',
    injected: PUSHES,
    hit,
    messages: load.history.length,
    held: `${held}; ${refused} refused with the field, 0 applied; in force after ${Math.round(slowest)} ms at most`,
  })
})

test('a table that only the proxy can refuse is answered with the reason, and the last good one stays, also across a restart', async () => {
  await using fleet = await Fleet.open({ config: persons('behrooz', 'alice') })
  const ports = portsFrom(fleet.base)
  await using controller = await FakeController.open(ports.controller)
  const proxy = fleet.launch('proxy', 'behrooz')
  await controller.connected()
  controller.push(
    JSON.stringify({
      kind: 'credentials',
      credentials: { openai: { value: 'sk-0123456789', origins: ['https://api.openai.com'] } },
    }),
  )
  const push = (version: unknown, endpoints: unknown) => JSON.stringify({ kind: 'table', version, endpoints })
  const good = { alice: peer(ports.proxy(1)), GPT: gpt }
  expect(await controller.ask(push(7, good))).toEqual({ name: 'behrooz', version: 7, applied: true })
  await proxy.ready

  const wrong: readonly (readonly [push: string, version: number | null, reason: RegExp])[] = [
    ...invalid.map(
      ([field, hint, endpoints]) =>
        [push(8, { ...good, ...endpoints }), 8, new RegExp(`${field.replace('endpoints.', '')}|${hint}`)] as const,
    ),
    [push(6, { bad: peer(1) }), 6, /version 6 is older than version 7/],
    [push(1, {}), 1, /version 1 is older than version 7/],
    ['{"kind":"table","version":8,"endpo', null, /not JSON/],
    [push('eight', good), null, /version/],
    [push(-1, good), null, /version/],
    [JSON.stringify({ kind: 'tables', version: 8, endpoints: good }), 8, /kind/],
    ['null', null, /./],
    [JSON.stringify({ kind: 'table', version: 8 }), 8, /endpoints/],
  ]
  const rounds = Math.max(wrong.length, PUSHES / 2)
  for (let n = 0; n < rounds; n += 1) {
    const [data, version, reason] = at(wrong, n)
    expect(await controller.ask(data)).toEqual({
      name: 'behrooz',
      version,
      applied: false,
      reason: expect.stringMatching(reason),
      inForce: 7,
    })
  }
  expect(await namesAt(fleet.proxy(0))).toEqual(['alice', 'GPT'])
  expect(await controller.ask(push(8, { ...good, ELSEWHERE: elsewhere }))).toMatchObject({ version: 8, applied: true })
  const list = PeerList.parse((await call('GET', `${fleet.proxy(0)}/peers`)).body)
  expect(list.map(({ name, online }) => [name, online])).toEqual([
    ['alice', false],
    ['GPT', true],
    ['ELSEWHERE', false],
  ])
  expect(await controller.ask(push(9, good))).toMatchObject({ version: 9, applied: true })
  await controller[Symbol.asyncDispose]()
  await proxy.kill()
  await fleet.start('proxy', 'behrooz')
  expect(await namesAt(fleet.proxy(0))).toEqual(['alice', 'GPT'])
  expect((await call('GET', `${fleet.proxy(0)}/readyz`)).status).toBe(200)
  report({
    row: 9,
    fault: 'pushes that only a proxy can refuse',
    injected: rounds,
    hit: rounds,
    messages: 0,
    held: 'all answered with the reason, 0 applied, the last good table also after SIGKILL',
  })
})
