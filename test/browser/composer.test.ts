/** What a person types, pastes or drops on the chat page. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PeerClient } from '../harness/peer-client.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()

const open = (name: string) => browser.page(`${overlay.peer(1)}/#/${name}`)
const composer = (page: Page, name: string) => page.getByRole('textbox', { name: `Message to ${name}` })

/** Lets go of something over the log. Tells whether the browser was kept from opening it. */
const drop = (page: Page, put: string) =>
  page.evaluate(`
    const dataTransfer = new DataTransfer()
    ${put}
    const events = ['dragover', 'drop'].map(name => new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }))
    events.forEach(event => document.querySelector('.log').dispatchEvent(event))
    events.every(event => event.defaultPrevented)
  `)

/** Pastes a picture where the focus is. */
const PASTE_PICTURE = `
  const clipboardData = new DataTransfer()
  clipboardData.items.add(new File(['x'], 'picture.png', { type: 'image/png' }))
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
`

test('a message is sent as it was typed, with its leading and trailing spaces, but never white space alone', async () => {
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const page = await open('behrooz')
  const typed = '    four spaces\n  two, and one behind \n'
  await composer(page, 'behrooz').fill('  \n ')
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  await composer(page, 'behrooz').press('Enter')
  await composer(page, 'behrooz').fill(typed)
  await composer(page, 'behrooz').press('Enter')
  expect((await behrooz.message(({ sender }) => sender === 'alice')).message).toBe(typed)
  await page.close()
})

test('↑ in an empty composer puts no message there', async () => {
  const page = await open('behrooz')
  await browser.shows(page.locator('[data-testid=message].mine').first())
  await composer(page, 'behrooz').press('ArrowUp')
  await composer(page, 'behrooz').press('x')
  expect(await composer(page, 'behrooz').inputValue()).toBe('x')
  await composer(page, 'behrooz').fill('')
  await page.close()
})

test('a text over the limit is counted while it is typed, stays in the composer, and is said to screen readers', async () => {
  const page = await open('bob')
  const field = composer(page, 'bob')
  await field.fill('ä'.repeat(32_000))
  expect(await page.getByTestId('length').innerText()).toMatch(/64.000 of 65.536 bytes/)
  await field.fill('ä'.repeat(32_769))
  await browser.shows(page.getByTestId('length').filter({ hasText: /Too long to send.*Shorten it by 2 bytes/ }))
  await browser.shows(page.getByTestId('announcer').filter({ hasText: /Too long to send/ }))
  await field.press('Enter')
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  expect(await field.inputValue()).toHaveLength(32_769)
  expect(await page.getByTestId('message').count()).toBe(0)
  await field.fill('short again')
  await page.getByTestId('length').filter({ hasText: /./ }).waitFor({ state: 'detached' })
  await field.fill('')
  await page.close()
})

test('a message that the peer does not take is in view with the reason, however long it is, and a live region says it', async () => {
  const page = await open('bob')
  await page.route('**/messages', route => route.abort())
  const field = composer(page, 'bob')
  await field.fill('word '.repeat(12_000))
  await field.press('Enter')
  const failed = page.locator('[data-testid=delivery][data-state=unsent]')
  await browser.shows(failed)
  await browser.shows(page.getByTestId('announcer').filter({ hasText: /Not sent to Bob: / }))
  await expect.poll(() => failed.evaluate(element => element.getBoundingClientRect().bottom)).toBeLessThan(800)
  expect(await failed.evaluate(element => element.getBoundingClientRect().top)).toBeGreaterThan(0)
  await failed.getByRole('button', { name: 'Discard' }).click()
  browser.complaints.length = 0
  await page.close()
})

test('a file that is dropped or pasted does not replace the page, which says what can be sent; nor does a link', async () => {
  const page = await open('bob')
  await browser.shows(composer(page, 'bob'))
  expect(await drop(page, "dataTransfer.setData('text/uri-list', 'http://localhost:1/')")).toBe(true)
  expect(await page.getByTestId('banner-problem').count()).toBe(0)
  expect(await drop(page, "dataTransfer.items.add(new File(['text'], 'notes.txt', { type: 'text/plain' }))")).toBe(true)
  await browser.shows(page.getByTestId('banner-problem').filter({ hasText: /only text can be sent/ }))
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await composer(page, 'bob').focus()
  await page.evaluate(PASTE_PICTURE)
  await browser.shows(page.getByTestId('banner-problem').filter({ hasText: /only text can be sent/ }))
  await page.close()
})

test('no page complained on its console', () => {
  expect(browser.complaints).toEqual([])
})
