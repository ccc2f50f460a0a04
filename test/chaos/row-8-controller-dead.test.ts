/** Row 8: the controller is dead and every proxy was restarted. Messages flow, a join is refused, the pages say so; its return is no storm. */
import { expect, test } from 'vitest'
import { portsFrom } from '../../config/ports.ts'
import { ErrorBody } from '../../shared/protocol/errors.ts'
import { Links } from '../../shared/protocol/peer-api.ts'
import { Browser } from '../harness/browser.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { CountingFront } from './counting-front.ts'
import { Load } from './load.ts'
import { count, report } from './report.ts'
import { sentBy, verdictOn } from './verdict.ts'
import { converged, until } from './waiting.ts'

/** Who has a proxy: the first two have peers too. The newcomer never had a table. */
const MEMBERS = ['behrooz', 'alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'].slice(
  0,
  count({ full: 8, small: 3 }),
)
const NEWCOMER = 'newcomer'
/** Messages each way, at most. */
const PER_SECOND = 200
const DEAD_MS = count({ full: 20_000, small: 2_000 })

/** Calls of proxies at the controller since its start, by kind. */
async function callsAt(controller: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${controller}/metrics`)).text()
  return Object.fromEntries(
    [...text.matchAll(/^overlay_proxy_(\w+)_total (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  )
}

const linksAt = async (peer: string) => Links.parse((await call('GET', `${peer}/api/links`)).body)

test('with the controller dead and every proxy restarted messages flow, a join is refused, the pages say so; all converge calmly when it is back', async () => {
  await using fleet = await Fleet.open({ config: persons(...MEMBERS, NEWCOMER) })
  const newcomer = MEMBERS.length
  await fleet.start('controller')
  await Promise.all([
    ...MEMBERS.map(name => fleet.start('proxy', name)),
    ...['behrooz', 'alice'].map(name => fleet.start('peer', name)),
  ])
  await Promise.all(MEMBERS.map(name => converged(fleet.controller, name)))
  await using browser = await Browser.open()
  const chat = await browser.page(`${fleet.peer(0)}/#/alice`)
  const dashboard = await browser.page(fleet.controller)
  await dashboard.getByText('behrooz').first().waitFor()
  using behrooz = await PeerClient.connect(fleet.peer(0))
  const peerOf = (name: string) => fleet.peer(MEMBERS.indexOf(name))
  const load = (from: string, to: string, name: string) =>
    new Load({ from, to, url: peerOf(from), name, senders: 1, perSecond: PER_SECOND })
  const first = load('behrooz', 'alice', 'seen before the fault ').start(1)
  await browser.shows(chat.getByTestId('message').filter({ hasText: 'seen before the fault' }))

  await fleet.life('controller').kill()
  await using front = await CountingFront.open(portsFrom(fleet.base).controller)
  await behrooz.event(event => event.name === 'connection' && event.data.proxy && !event.data.controller)
  const there = load('behrooz', 'alice', 'there').start()
  const back = load('alice', 'behrooz', 'back').start()
  await until(() => there.accepted.length > 5 && back.accepted.length > 5)
  await Promise.all(MEMBERS.map(name => fleet.life(`proxy ${name}`).kill()))
  const before = there.accepted.length
  await Promise.all(MEMBERS.map(name => fleet.start('proxy', name)))
  await behrooz.sees('alice', { online: true })
  await until(() => there.accepted.length > before + 20)

  expect(await linksAt(fleet.peer(0))).toMatchObject({ connected: true, controller: false, joined: true })
  await browser.shows(chat.getByTestId('banner-controller').getByText('messages flow as before'))
  await browser.shows(dashboard.getByText('The connection to the controller is lost'))

  fleet.launch('proxy', NEWCOMER)
  await fleet.start('peer', NEWCOMER)
  await until(async () => !(await linksAt(fleet.peer(newcomer))).controller)
  const ready = await call('GET', `${fleet.proxy(newcomer)}/readyz`)
  expect([ready.status, ready.body]).toEqual([
    503,
    { status: 'not ready', reason: expect.stringContaining('no routing table yet') },
  ])
  const message = { destination: 'alice', message: 'hello', timestamp: new Date().toISOString() }
  const id = '01890000-0000-7000-8000-000000000001'
  const refused = await call('POST', `${fleet.proxy(newcomer)}/messages`, { id, ...message })
  expect([refused.status, ErrorBody.parse(refused.body).error.code]).toEqual([503, 'not_ready'])
  const atPeer = await call('POST', `${fleet.peer(newcomer)}/api/conversations/alice/messages`, { message: 'hello' })
  expect([atPeer.status, ErrorBody.parse(atPeer.body).error.message]).toEqual([
    503,
    expect.stringContaining('the proxy has no routing table'),
  ])
  expect(await linksAt(fleet.peer(newcomer))).toMatchObject({ connected: true, controller: false, joined: false })
  const page = await browser.page(fleet.peer(newcomer))
  await browser.shows(page.getByTestId('banner-table').getByText('when the controller is back'))

  const began = performance.now()
  const asked = front.requests.length
  await until(() => performance.now() - began > DEAD_MS)
  const attempts = front.requests.length - asked
  const proxies = MEMBERS.length + 1
  // Two lines a proxy, each with pauses that grow to seconds: never more than two calls a second, on the long run.
  expect(attempts).toBeLessThan((proxies * 2 * DEAD_MS) / 1_000 + proxies * 4)

  await front[Symbol.asyncDispose]()
  await fleet.start('controller')
  await Promise.all([...MEMBERS, NEWCOMER].map(name => converged(fleet.controller, name)))
  await fleet.life(`proxy ${NEWCOMER}`).ready
  await behrooz.event(event => event.name === 'connection' && event.data.controller && behrooz.heard.indexOf(event) > 2)
  await until(async () => (await callsAt(fleet.controller))['registrations'] === proxies)
  const calls = await callsAt(fleet.controller)
  // One registration each; a stream that came before it may begin anew once; each begins with one table to answer.
  expect(calls['streams']).toBeLessThanOrEqual(proxies * 2)
  expect(calls['answers']).toBeLessThanOrEqual(proxies * 2)
  await chat.getByTestId('banner-controller').waitFor({ state: 'detached' })
  await page.getByTestId('banner-table').waitFor({ state: 'detached' })

  const loads = [first, there, back]
  await Promise.all(loads.map(load => load.stop()))
  const held = await verdictOn(loads, peerOf)
  expect(loads.map(({ failedTries }) => failedTries)).toEqual([0, 0, 0])
  const perProxy = (attempts / proxies / DEAD_MS) * 1_000
  report({
    row: 8,
    fault: 'controller dead, then SIGKILL of every proxy',
    injected: 1 + MEMBERS.length,
    hit: 1 + MEMBERS.length,
    messages: sentBy(loads),
    held: `${held}; join refused; ${perProxy.toFixed(1)} calls/s a proxy while dead, ${calls['registrations']} registrations of ${proxies} on return`,
  })
})
