/** Conversations with services in Chromium: buttons for the commands, readings as a chart. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { accessibilityViolations } from './axe.ts'

const SCREENSHOTS = join(import.meta.dirname, '..', '..', 'data', 'screenshots')
const ECHO = `
import { defineService } from 'overlay-chat/service'
export default defineService({
  name: 'echo',
  about: 'Says it again.',
  commands: { say: { help: 'says it', argument: 'WORDS', run: ({ argument }) => 'You said ' + argument } },
})`

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(join(folder, 'echo.ts'), ECHO)
mkdirSync(SCREENSHOTS, { recursive: true })
const config = writeConfig(folder, standard => ({
  ...standard,
  instances: [
    { kind: 'person', name: 'alice', n: 0, mode: 'manual' },
    { kind: 'service', name: 'thermometer1', n: 1, service: 'thermometer', everySeconds: 0.5 },
    { kind: 'service', name: 'echo1', n: 2, service: 'echo.ts' },
  ],
}))
const overlay = await Overlay.start({ args: ['--config', config] })
afterAll(() => overlay[Symbol.asyncDispose]())
const browser = await Browser.open()
afterAll(() => browser[Symbol.asyncDispose]())

const LOOKS = [
  { width: 1280, height: 800, dark: false },
  { width: 1280, height: 800, dark: true },
  { width: 390, height: 844, dark: false },
  { width: 390, height: 844, dark: true },
]

const buttons = (page: Page) => page.getByTestId('command-buttons').getByRole('button')
const composer = (page: Page, name: string) => page.getByRole('textbox', { name: `Message to ${name}` })
const theirs = (page: Page, text: string | RegExp) => page.locator('.message.theirs').filter({ hasText: text })

async function command(name: string, text: string): Promise<void> {
  using alice = await PeerClient.connect(overlay.peer(0))
  const id = await alice.send(name, text)
  await alice.message(({ metadata }) => metadata.replyTo === id)
}

test('commands of a service are buttons from the first look on; one with an argument is begun in the composer', async () => {
  const page = await browser.page(`${overlay.peer(0)}/#/echo1`)
  await page.getByTestId('empty-conversation').waitFor()
  await buttons(page).filter({ hasText: 'say' }).waitFor()
  expect(await buttons(page).allTextContents()).toEqual(['say WORDS…', 'help'])
  await buttons(page).filter({ hasText: 'help' }).click()
  await theirs(page, 'Says it again.').waitFor()
  await composer(page, 'echo1').fill('good morning')
  await buttons(page).first().click()
  expect(await composer(page, 'echo1').inputValue()).toBe('say good morning')
  await page.keyboard.press('Enter')
  await theirs(page, 'You said good morning').waitFor()
  await page.close()
})

test('buttons of a service are reached by keyboard', async () => {
  const page = await browser.page(`${overlay.peer(0)}/#/echo1`)
  await buttons(page).nth(1).waitFor()
  await composer(page, 'echo1').focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.type('on')
  expect(await composer(page, 'echo1').inputValue()).toBe('say on')
  await page.close()
})

test('readings are a chart that grows by itself, in words as well, and can be folded away', async () => {
  const page = await browser.page(`${overlay.peer(0)}/#/thermometer1`)
  await buttons(page).filter({ hasText: 'range' }).click()
  const chart = page.getByRole('img', {
    name: /^Chart of 5 readings since .*: latest .* °C, lowest .* °C, highest .* °C$/,
  })
  await browser.shows(chart)
  await buttons(page)
    .filter({ hasText: /^subscribe$/ })
    .click()
  // However many come between two looks.
  await page.getByRole('img', { name: /^Chart of (?:[89]|\d\d+) readings/ }).waitFor()
  await page.locator('.publication time').first().waitFor()
  expect(await page.evaluate(DRAWN)).toBeGreaterThan(100)
  const plot = page.locator('.readings-chart .u-over')
  await plot.hover()
  await page.locator('.readings-rest').filter({ hasText: /^at / }).waitFor()
  await page.mouse.move(0, 0)
  await page
    .locator('.readings-rest')
    .filter({ hasText: /^lowest/ })
    .waitFor()
  await page.locator('.readings summary').click()
  await page.getByTestId('readings-chart').waitFor({ state: 'detached' })
  await page.locator('.readings summary').click()
  await page.getByTestId('readings-chart').locator('canvas').waitFor()
  await buttons(page).filter({ hasText: 'unsubscribe' }).click()
  await theirs(page, 'Unsubscribed.').waitFor()
  await page.close()
})

/** How many points of the chart have the colour of its line. */
const DRAWN = `(() => {
  const canvas = document.querySelector('.readings-chart canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  let count = 0
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] > 200 && data[at + 2] > 150 && data[at] < 120) count += 1
  return count
})()`

test('a page without readings does not load what draws them', async () => {
  const page = await browser.page(`${overlay.peer(0)}/#/echo1`)
  await buttons(page).first().waitFor()
  const loaded = await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
  expect(String(loaded)).not.toContain('drawing')
  await page.close()
})

test.each(LOOKS)('a conversation with a service looks good at %o', async look => {
  await command('thermometer1', 'range')
  await command('thermometer1', 'range')
  await using looking = await Browser.open(look)
  const page = await looking.page(`${overlay.peer(0)}/#/thermometer1`)
  await page.locator('.readings-chart canvas').waitFor()
  await buttons(page).nth(4).waitFor()
  expect(await accessibilityViolations(page)).toEqual([])
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(overflow).toBe(0)
  await page.screenshot({ path: join(SCREENSHOTS, `service-${look.width}-${look.dark ? 'dark' : 'light'}.png`) })
  expect(looking.complaints).toEqual([])
})

test('nothing was complained of, and the policy of the page was kept', async () => {
  expect(browser.complaints).toEqual([])
})
