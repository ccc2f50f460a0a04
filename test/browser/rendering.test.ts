/** What a message holds, however hostile, touches no other message and no other pane; each text runs in its own direction. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PeerClient } from '../harness/peer-client.ts'
import { seeded } from '../harness/seeded.ts'
import { demonstrationInBrowser } from './demonstration.ts'
import { throwing } from './thrown.ts'

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

test('a message that would take long to format is shown as it was written, and formatted when its reader asks for it', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const page = await alicePage('#/behrooz')
  await browser.shows(composer(page, 'behrooz'))
  await behrooz.send('alice', `**first**\n\n${'__a_ '.repeat(13_000)}`)
  await behrooz.send('alice', `**other**\n\n${'__b_ '.repeat(3_400)}`)
  await browser.shows(bubble(page, 'first').locator('strong'))
  const costly = bubble(page, 'other')
  await browser.shows(costly.locator('strong'))
  await browser.shows(costly.locator('.plain-text').first())
  await composer(page, 'behrooz').fill('the page goes on')
  await costly.getByRole('button', { name: 'Show formatted anyway' }).click()
  await costly.locator('.plain-text').first().waitFor({ state: 'detached' })
  await browser.shows(costly.locator('p').filter({ hasText: '_b _b' }))
  expect(browser.complaints).toEqual([])
  await page.close()
})

/** From the page's first line on, nothing that holds the word can be drawn. */
const undrawable = (word: string) => `
  const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...html,
    set(text) {
      if (text.includes('${word}')) throw new Error('thrown by the test')
      html.set.call(this, text)
    },
  })
`

test('an answer that cannot be drawn grows as plain text, and stays whole', async () => {
  const page = await browser.context.newPage()
  await page.addInitScript(undrawable('word1'))
  await page.goto(`${overlay.peer(1)}/#/GPT`)
  await composer(page, 'GPT').fill('[[pieces 40 at 100]]')
  await composer(page, 'GPT').press('Enter')
  await browser.shows(page.locator('.growing').filter({ hasText: 'word1 word2' }))
  await browser.shows(bubble(page, 'word40').filter({ hasText: 'word1 word2' }))
  await browser.shows(composer(page, 'GPT'))
  await page.close()
})

const ROUNDS = 8

test('what throws anywhere in the page touches nothing else, and no text goes to another conversation', async () => {
  const seed = Number(process.env['SEED'] ?? 341_890)
  console.log(`places that throw: SEED=${seed}`)
  const random = seeded(seed)
  using behrooz = await PeerClient.connect(overlay.peer(0))
  using bob = await PeerClient.connect(overlay.peer(2))
  const page = await browser.context.newPage()
  page.setDefaultTimeout(5_000)
  const thrower = await throwing(page)
  await page.goto(`${overlay.peer(1)}/#/bob`)
  await browser.shows(composer(page, 'bob'))
  await page.getByLabel('Automatic replies').selectOption('manual')
  await browser.shows(page.getByText('You answer by hand.'))

  const goTo = (peer: string) => page.evaluate(`location.hash = '#/${peer}'`)
  const texts: string[] = []
  /** A message comes while another conversation is open. */
  const comes = async () => {
    const text = `number ${texts.length}:`
    texts.push(text)
    await behrooz.send('alice', `${text} **Strong**, and a list:\n\n- one\n- two`)
    await browser.shows(page.getByTestId('conversation-behrooz').filter({ hasText: text }))
  }
  const isWhole = async () => {
    for (const text of texts) await browser.shows(page.getByTestId('message').filter({ hasText: text }))
    await browser.shows(composer(page, 'behrooz'))
  }
  const backToBob = async (text: string) => {
    await goTo('bob')
    await browser.shows(composer(page, 'bob'))
    expect(await composer(page, 'behrooz').count()).toBe(0)
    await composer(page, 'bob').fill(text)
    await composer(page, 'bob').press('Enter')
    expect(await bob.message(({ message }) => message === text)).toMatchObject({ sender: 'alice' })
  }

  await comes()
  const seen = await thrower.seen(async () => {
    await goTo('behrooz')
    await isWhole()
  })
  await backToBob('for bob')
  // Around "The page" there is nothing that could be left untouched.
  const places = [...seen.keys()].filter(place => place !== 'The page').sort()
  let thrown = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = places[Math.floor(random() * places.length)] ?? ''
    const after = Math.floor((random() * (seen.get(place) ?? 1)) / 2)
    const told = `SEED=${seed}, round ${round}: ${place} after ${after}`
    await comes()
    await thrower.arm({ place, after })
    await goTo('behrooz')
    const boundary = await thrower.hasThrown(isWhole())
    if (boundary === undefined) {
      await backToBob(`for bob, round ${round}`)
      continue
    }
    thrown += 1
    const failed = page.locator('.pane-failed')
    const isPane = /^[A-Z]/.test(boundary)
    if (isPane) await browser.shows(failed.filter({ hasText: boundary }))
    expect(await failed.count(), told).toBe(isPane ? 1 : 0)
    if (boundary !== 'The list of conversations')
      for (const name of ['bob', 'behrooz']) await browser.shows(page.getByTestId(`conversation-${name}`))
    const isGone = (pane: string) => [pane, 'The conversation'].includes(boundary)
    if (!isGone('The messages'))
      for (const text of texts) await browser.shows(page.getByTestId('message').filter({ hasText: text }))
    if (!isGone('The place to write')) await browser.shows(composer(page, 'behrooz'))
    expect(await composer(page, 'bob').count(), told).toBe(0)
    if (isPane) await failed.getByRole('button', { name: 'Try again' }).click()
    await isWhole()
    expect(await failed.count(), told).toBe(0)
    await backToBob(`for bob, round ${round}`)
  }
  expect(thrown).toBeGreaterThan(ROUNDS / 2)
  expect((await behrooz.history('alice')).filter(({ message }) => message.startsWith('for bob'))).toEqual([])
  await page.close()
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
