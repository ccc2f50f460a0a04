/** What a message holds, however hostile, touches no other message and no other pane; each text runs in its own direction. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PeerClient } from '../harness/peer-client.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()

const alicePage = (hash = '') => browser.page(`${overlay.peer(1)}/${hash}`)
const bubble = (page: Page, text: string) => page.getByTestId('bubble').filter({ hasText: text })
const composer = (page: Page, name: string) => page.getByRole('textbox', { name: `Message to ${name}` })

test('a message that nests without end is shown, and so is everything around it; a reload changes nothing', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const page = await alicePage('#/bob')
  await browser.shows(composer(page, 'bob'))
  await behrooz.send('alice', 'before it')
  await behrooz.send('alice', '>'.repeat(2_000))
  await behrooz.send('alice', 'after it')
  await page.getByTestId('conversation-behrooz').filter({ hasText: '3 unread' }).click()
  for (const reloaded of [false, true]) {
    if (reloaded) await page.reload()
    for (const text of ['before it', '>>>>>>', 'after it']) await browser.shows(bubble(page, text))
    await browser.shows(composer(page, 'behrooz'))
  }
  expect(browser.complaints).toEqual([])
  await page.close()
})

test('what throws in one place of the page touches nothing else, and no text goes to another conversation', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  for (const text of ['one of three', 'two of three', 'three of three']) await behrooz.send('alice', text)
  // Each place throws where it is drawn: the first that writes this attribute or text.
  const places = {
    message: "text.includes('two of three')",
    head: "this.className === 'thread-header'",
    list: "this.className === 'sidebar-inner'",
    log: "this.className === 'log'",
    composer: "this.className === 'composer-field'",
  }
  for (const [place, condition] of Object.entries(places)) {
    const page = await browser.context.newPage()
    await page.addInitScript(`
      const insert = Node.prototype.insertBefore
      Node.prototype.insertBefore = function (node, before) {
        const check = function () {
          const text = this.classList?.contains('message-line') ? this.textContent : ''
          return ${condition}
        }
        if (globalThis.broken !== false && check.call(node)) throw new Error('thrown by the test')
        return insert.call(this, node, before)
      }
    `)
    await page.goto(`${overlay.peer(1)}/#/behrooz`)
    const failed = { message: 'none', head: 'The head', list: 'The list', log: 'The messages', composer: 'The place' }
    const [, told] = Object.entries(failed).find(([name]) => name === place) ?? []
    if (place !== 'message') await browser.shows(page.locator('.pane-failed').filter({ hasText: told ?? '' }))
    if (place !== 'log')
      for (const text of ['one of three', 'two of three', 'three of three'])
        await browser.shows(page.locator('[data-testid=message]').filter({ hasText: text }))
    if (place !== 'composer') {
      await browser.shows(composer(page, 'behrooz'))
      await page.evaluate("location.hash = '#/bob'")
      await browser.shows(composer(page, 'bob'))
      expect(await composer(page, 'behrooz').count()).toBe(0)
    }
    await page.close()
  }
})

test('texts of both directions run each in its own, also in a list, the conversation list and the composer', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  await behrooz.send('alice', 'English first.\n\nمرحبا بالعالم Overlay\n\n- שלום לכולם\n- second\n\n`npm ci`، ثم شغّل')
  const page = await alicePage('#/behrooz')
  await browser.shows(bubble(page, 'مرحبا'))
  const directionOf = (selector: string, text: string) =>
    bubble(page, 'مرحبا')
      .locator(selector)
      .filter({ hasText: text })
      .evaluate(element => element.ownerDocument.defaultView?.getComputedStyle(element).direction)
  expect(await directionOf('p', 'English')).toBe('ltr')
  expect(await directionOf('p', 'مرحبا')).toBe('rtl')
  expect(await directionOf('ul', 'שלום')).toBe('rtl')
  expect(await directionOf('li', 'second')).toBe('ltr')
  await composer(page, 'behrooz').fill('شكرا alice')
  expect(await composer(page, 'behrooz').evaluate(element => element.matches(':dir(rtl)'))).toBe(true)
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 })
    const shots = process.env['RTL_SHOTS']
    if (shots !== undefined) await page.screenshot({ path: `${shots}/rtl-${width}.png` })
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  }
  await page.close()
})
