/** The dashboard in Chromium: live status, an edit that works for the next message, keys that are never shown. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, PeerClient } from '../harness/peer-client.ts'
import { accessibilityViolations } from './axe.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()
const FOLDER = join(import.meta.dirname, '..', '..', 'data', 'screenshots')
mkdirSync(FOLDER, { recursive: true })

const dashboard = (hash = '') => browser.page(`${overlay.controller}/${hash}`)

test('every proxy is shown active, with its table applied', async () => {
  const page = await dashboard()
  for (const name of ['behrooz', 'alice', 'bob', 'BOT', 'thermometer1'])
    await page.locator(`[data-proxy=${name}] [data-status=active]`).first().waitFor()
  await page.locator('[data-proxy=alice] [data-table=applied]').first().waitFor()
  await page.close()
})

test('an edited table is reviewed, applied by the proxy, and works for the next message within two seconds', async () => {
  using alice = await PeerClient.connect(overlay.peer(1))
  const page = await dashboard('#/proxies/alice')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'JSON' }).click()
  const text = page.getByRole('textbox', { name: 'Routing table as JSON' })
  const table: Record<string, unknown> = JSON.parse(await text.inputValue())
  await text.fill(JSON.stringify({ ...table, robert: { kind: 'peer', host: '127.0.0.1', port: 70_000 } }))
  await page
    .locator('#draft-issues')
    .getByText(/robert/)
    .first()
    .waitFor()
  expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).toBe(true)
  await text.fill(JSON.stringify({ ...table, robert: { kind: 'peer', host: '127.0.0.1', port: overlay.base + 5000 } }))
  await page.getByRole('button', { name: 'Review' }).click()
  await page.locator('[data-change=added]').filter({ hasText: 'robert' }).waitFor()
  await page.getByRole('button', { name: 'Apply' }).click()
  const applied = Date.now()
  await alice.event(event => event.name === 'peers' && event.data.some(peer => peer.name === 'robert'))
  expect((await call('POST', `${overlay.peer(1)}/api/conversations/robert/messages`, { message: 'hi' })).status).toBe(
    202,
  )
  expect(Date.now() - applied).toBeLessThan(2_000)
  await page.locator('[data-testid=saved-outcome][data-outcome=good]').waitFor()
  await page.close()
})

test('a route to this machine is saved once its form says that it is meant', async () => {
  const page = await dashboard('#/proxies/bob')
  await page.getByRole('button', { name: 'Edit' }).click()
  const row = page.locator('[data-row=MISTRAL]')
  const box = row.getByRole('checkbox', { name: 'Private network' })
  expect(await box.isChecked()).toBe(true)
  await box.uncheck()
  await browser.shows(row.getByText(/^leads to this machine; if that is meant, tick "Private network"/))
  expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).toBe(true)
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    await row.scrollIntoViewIfNeeded()
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    await page.screenshot({ path: join(FOLDER, `private-network-${width}.png`) })
  }
  await box.check()
  await row.getByLabel('Base URL').fill('http://joe:secret@127.0.0.1:1/v1')
  await browser.shows(row.getByText(/^must have no user name and no password/))
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.close()
})

test('a question is gone once another page is opened behind it', async () => {
  const page = await dashboard('#/proxies/alice/history')
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  await page.getByRole('alertdialog').waitFor()
  await page.evaluate(`location.hash = '#/credentials'`)
  await page.getByRole('heading', { name: 'Credentials' }).first().waitFor()
  expect(await page.getByRole('alertdialog').count()).toBe(0)
  await page.close()
})

test('a key is put, shown by its last four characters, and leaves no trace in the page', async () => {
  const page = await dashboard('#/credentials')
  const card = page.locator('[data-credential=mistral]')
  await card.getByRole('button', { name: /(Set|Replace) key/ }).click()
  await card.getByLabel(/key/i).first().fill('mistral-planted-key-0987')
  await card.getByRole('checkbox').check()
  await card.getByRole('button', { name: 'Save key' }).click()
  await card.getByText('0987').first().waitFor()
  expect(await page.content()).not.toContain('planted')
  await page.reload()
  await page.locator('[data-credential=mistral]').getByText('0987').first().waitFor()
  expect(await page.content()).not.toContain('planted')
  await page.close()
})

test('an address that somebody planted beside a key is shown where the next key is typed, and gets it only if it is ticked', async () => {
  const page = await dashboard('#/credentials')
  const url = `${overlay.controller}/api/credentials/planted`
  const plant = { provider: 'openai', value: 'placeholder-0001', origins: ['https://evil.example'] }
  expect((await call('PUT', url, plant)).status).toBe(200)
  const card = page.locator('[data-credential=planted]')
  await card.getByRole('button', { name: /Replace key/ }).click()
  await card.getByLabel('New key').fill('sk-real-0123456789')
  await browser.shows(card.getByRole('listitem').filter({ hasText: 'https://evil.example' }).getByText('not OpenAI'))
  await card.getByRole('button', { name: 'Save key' }).click()
  await browser.shows(card.getByText(/^Tick the box if the new key may go to https:\/\/evil\.example/))
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    await card.scrollIntoViewIfNeeded()
    expect(await accessibilityViolations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    await page.screenshot({ path: join(FOLDER, `planted-origin-${width}.png`) })
  }
  await card.getByLabel('Allowed origins', { exact: true }).last().fill('https://api.openai.com')
  await card.getByRole('button', { name: 'Save key' }).click()
  await browser.shows(card.getByText('Saved: the key that ends in 6789.'))
  const { body } = await call('GET', `${overlay.controller}/api/credentials`)
  expect(body).toContainEqual(expect.objectContaining({ id: 'planted', origins: ['https://api.openai.com'] }))
  expect((await call('DELETE', url)).status).toBe(204)
  await page.close()
})

test('usage is counted while the page that shows it is open', async () => {
  using alice = await PeerClient.connect(overlay.peer(1))
  const page = await dashboard('#/usage')
  await page.getByText('No AI has answered').waitFor()
  const id = await alice.send('GPT', 'What is a proxy?')
  await alice.message(message => message.metadata.replyTo === id)
  const row = page.locator('tr[data-usage=GPT]')
  await row.waitFor({ timeout: 30_000 })
  expect(await row.locator('td').first().textContent()).toBe('1')
  await page.getByText('the demonstration costs nothing').waitFor()
  await page.getByRole('button', { name: '30 days' }).click()
  await row.waitFor()
  await page.close()
})

test('a proxy is removed after a question, and comes back when it registers again', async () => {
  const page = await dashboard('#/proxies/bob')
  await page.getByRole('button', { name: /Remove/ }).click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /Remove/ })
    .click()
  await overlay.printed(/proxy bob/)
  await page.goto(`${overlay.controller}/#/proxies`)
  await page.locator('[data-proxy=bob] [data-table=applied]').first().waitFor({ timeout: 30_000 })
  await page.close()
})

test('a killed proxy is seen at once, and seen to come back', async () => {
  const page = await dashboard()
  await page.locator('[data-proxy=alice]').getByText('connected', { exact: true }).first().waitFor()
  overlay.kill('proxy alice')
  await page
    .locator('[data-proxy=alice]')
    .getByText(/not connected/)
    .first()
    .waitFor()
  await page.locator('[data-proxy=alice]').getByText('connected', { exact: true }).first().waitFor({ timeout: 30_000 })
  await page.close()
})
