/** Many tabs of one page: they share one stream of events, whichever of them is closed, crashes, is hidden or comes back. */
import type { Page, Request } from 'playwright-core'
import { afterAll, afterEach, expect, test } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

const TABS = 8

const overlay = await Overlay.start({ args: ['--demo'] })
afterAll(() => overlay[Symbol.asyncDispose]())
const browser = await Browser.open({ without: ['--disable-back-forward-cache'] })
afterAll(() => browser[Symbol.asyncDispose]())
for (const peer of [1, 2]) await call('PUT', `${overlay.peer(peer)}/api/me`, { mode: 'manual' })

const [blank] = browser.context.pages()
afterEach(async () => {
  await Promise.all(browser.context.pages().map(page => page === blank || page.close()))
})

/** Streams that are open now, by the page that reads them. */
const streams = new Map<Request, Page>()
browser.context.on('request', request => {
  if (request.url().includes('/api/events')) streams.set(request, request.frame().page())
})
browser.context.on('requestfinished', request => streams.delete(request))
browser.context.on('requestfailed', request => streams.delete(request))
browser.context.on('page', page => page.on('crash', () => forget(page)).on('close', () => forget(page)))
const forget = (page: Page) => {
  for (const [request, reader] of streams) if (reader === page) streams.delete(request)
}
const readers = () => [...streams.values()]

/** The only tab that reads a stream, once there is no other. */
async function leader(): Promise<Page> {
  await expect.poll(() => readers().length).toBe(1)
  const [page] = readers()
  if (page === undefined) throw new Error('no tab reads the stream')
  return page
}

const open = (name: string) => browser.page(`${overlay.peer(1)}/#/${name}`)
const openTabs = (count: number, name: string) => Promise.all(Array.from({ length: count }, () => open(name)))
const composer = (page: Page) => page.getByRole('textbox', { name: /Message to/ })
const bubble = (page: Page, text: string) => page.getByTestId('bubble').filter({ hasText: text })
/** Also of what is out of view, which the browser does not lay out. */
const texts = async (page: Page) => (await page.getByTestId('bubble').allTextContents()).map(text => text.trim())

async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Pretends that the tab is put behind another one, or before it: this browser without a window hides none. */
const show = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  `)

test('eight tabs of one page each send, and each shows every message once; one reads the stream for all', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const tabs = await openTabs(TABS, 'behrooz')
  const sent = tabs.map((_, index) => `from tab ${index}`)
  await Promise.all(tabs.map((tab, index) => send(tab, `from tab ${index}`)))
  for (const text of sent) await behrooz.message(({ message }) => message === text)
  await behrooz.send('alice', 'to all tabs')
  for (const tab of tabs) await browser.shows(bubble(tab, 'to all tabs'))
  for (const tab of tabs) expect((await texts(tab)).toSorted()).toEqual([...sent, 'to all tabs'])
  await leader()
})

test('a tab that reads for all is closed, then the next one crashes: the others go on without a gap or a repeat', async () => {
  using bob = await PeerClient.connect(overlay.peer(2))
  const tabs = await openTabs(4, 'bob')
  for (const tab of tabs) await browser.shows(composer(tab))
  await bob.send('alice', 'one')
  const first = await leader()
  await Promise.all([bob.send('alice', 'two'), first.close(), bob.send('alice', 'three')])
  const second = await leader()
  const session = await browser.context.newCDPSession(second)
  const crashed = second.waitForEvent('crash')
  session.send('Page.crash').catch(() => undefined)
  await Promise.all([bob.send('alice', 'four'), crashed, bob.send('alice', 'five')])
  await bob.send('alice', 'six')
  const left = tabs.filter(tab => tab !== first && tab !== second)
  for (const tab of left) {
    await browser.shows(bubble(tab, 'six'))
    expect((await texts(tab)).toSorted()).toEqual(['five', 'four', 'one', 'six', 'three', 'two'])
  }
  expect(left).toContain(await leader())
})

test('a tab that opens in mid-answer shows it growing, also when the tab that asked and read for all is closed', async () => {
  const asking = await open('GPT')
  await send(asking, 'Tell me all. [[long 30]] [[slow]]')
  await browser.shows(asking.locator('.growing').filter({ hasText: /\w+ \w+ \w+/ }))
  const follower = await open('GPT')
  await browser.shows(follower.locator('.growing').filter({ hasText: /\w+ \w+ \w+/ }))
  await (await leader()).close()
  const left = asking.isClosed() ? follower : asking
  await left.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' })
  const [, answer = ''] = await texts(left)
  expect(answer.split(/\s+/).length).toBeGreaterThan(25)
  expect(await left.getByTestId('ending').count()).toBe(0)
  await left.close()
  await expect.poll(readers).toEqual([])
})

test('a tab that is looked at reads for those behind it, also when the one that did so is frozen', async () => {
  using bob = await PeerClient.connect(overlay.peer(2))
  const first = await open('bob')
  expect(await leader()).toBe(first)
  const second = await open('bob')
  await browser.shows(composer(second))
  await show(first, 'hidden')
  await expect.poll(() => readers().includes(second)).toBe(true)
  await show(second, 'hidden')
  await bob.send('alice', 'while nobody looks')
  await browser.shows(bubble(first, 'while nobody looks'))
  const session = await browser.context.newCDPSession(second)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await show(first, 'visible')
  await expect.poll(() => readers().includes(first)).toBe(true)
  await bob.send('alice', 'while the other is frozen')
  await browser.shows(bubble(first, 'while the other is frozen'))
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await browser.shows(bubble(second, 'while the other is frozen'))
  expect(await bubble(second, 'while').count()).toBe(2)
  expect(await leader()).toBe(first)
})

test('a tab that comes back from the memory of the browser shows what came meanwhile', async () => {
  using bob = await PeerClient.connect(overlay.peer(2))
  const page = await open('bob')
  await browser.shows(composer(page))
  await page.evaluate('globalThis.isSame = true')
  await page.goto(overlay.controller)
  await bob.send('alice', 'while it was away')
  await page.goBack({ waitUntil: 'commit' })
  await browser.shows(bubble(page, 'while it was away'))
  expect(await page.evaluate('globalThis.isSame')).toBe(true)
  await bob.send('alice', 'and after it')
  await browser.shows(bubble(page, 'and after it'))
  expect(await leader()).toBe(page)
})

test('two tabs of one conversation keep their own drafts, also when the other one sends its own', async () => {
  const [first, second] = [await open('bob'), await open('bob')]
  await composer(first).fill('typed in the first')
  await composer(second).fill('typed in the second')
  await first.reload()
  expect(await composer(first).inputValue()).toBe('typed in the first')
  await composer(first).press('Enter')
  await browser.shows(bubble(second, 'typed in the first'))
  await second.reload()
  expect(await composer(second).inputValue()).toBe('typed in the second')
})

test('a browser without locks reads a stream a tab', async () => {
  using bob = await PeerClient.connect(overlay.peer(2))
  await browser.context.addInitScript('if (location.search === "?old") delete Navigator.prototype.locks')
  const tabs = await Promise.all([1, 2].map(() => browser.page(`${overlay.peer(1)}/?old#/bob`)))
  for (const tab of tabs) await browser.shows(composer(tab))
  await expect.poll(() => readers().length).toBe(2)
  await bob.send('alice', 'to an old browser')
  for (const tab of tabs) await browser.shows(bubble(tab, 'to an old browser'))
})

test('eight tabs of the dashboard share a stream, and all see a key that is set in one of them', async () => {
  const tabs = await Promise.all(
    Array.from({ length: TABS }, () => browser.page(`${overlay.controller}/#/credentials`)),
  )
  const cards = tabs.map(tab => tab.locator('[data-credential=mistral]'))
  for (const card of cards) await browser.shows(card)
  const [card] = cards
  await card?.getByRole('button', { name: /(Set|Replace) key/ }).click()
  await card?.getByLabel(/key/i).first().fill('mistral-planted-key-4711')
  await card?.getByRole('checkbox').check()
  await card?.getByRole('button', { name: 'Save key' }).click()
  for (const one of cards) await browser.shows(one.getByText('4711').first())
  await leader()
})

test('no page complained on its console', () => {
  expect(browser.complaints).toEqual([])
})
