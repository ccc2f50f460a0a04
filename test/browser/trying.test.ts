/** Trying a key and a route on the dashboard, before either is saved. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { accessibilityViolations } from './axe.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()
const FOLDER = join(import.meta.dirname, '..', '..', 'data', 'screenshots')
mkdirSync(FOLDER, { recursive: true })
const TYPED = 'sk-typed-0123456789-abcdef'

const dashboard = (hash: string) => browser.page(`${overlay.controller}/${hash}`)

async function looksGood(place: Locator, name: string): Promise<void> {
  const page = place.page()
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    await place.scrollIntoViewIfNeeded()
    expect(await accessibilityViolations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    await page.screenshot({ path: join(FOLDER, `${name}-${width}.png`) })
  }
}

test('a key is tried before it is saved: what is wrong with it, what is right, and no trace of it', async () => {
  const page = await dashboard('#/credentials')
  const card = page.locator('[data-credential=openai]')
  await card.getByRole('button', { name: 'Replace key' }).click()
  const key = card.getByLabel('New key')
  await key.fill(TYPED)
  await card.getByRole('button', { name: 'Test' }).click()
  await browser.shows(card.getByText(/^Tick the box if the new key may go to http/))
  await card.getByRole('checkbox', { name: /^Yes, this key may also go to http/ }).check()
  await card.getByRole('button', { name: 'Test' }).click()
  await browser.shows(card.getByText(/^Cannot use this key: http\S+ refuses it/))
  await looksGood(card.locator('.notice'), 'trial-key-wrong')
  expect(await page.content()).not.toContain(TYPED.slice(0, -4))
  await key.fill(DEMO_KEYS.openai)
  expect(await card.getByText('Cannot use this key').count()).toBe(0)
  await card.getByRole('button', { name: 'Test' }).click()
  await browser.shows(card.getByText(/^The key works: .* lists \d+ models for it/))
  await looksGood(card.locator('.notice'), 'trial-key-right')
  await card.getByRole('button', { name: 'Cancel' }).click()
  await page.reload()
  await browser.shows(card.getByText(DEMO_KEYS.openai.slice(-4)).first())
  for (const trace of [TYPED, DEMO_KEYS.openai]) expect(await page.content()).not.toContain(trace)
  expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain('sk-typed')
  await page.close()
})

test('a route is tried before it is saved: an unknown model is named, and one of those listed is chosen', async () => {
  const page = await dashboard('#/proxies/behrooz')
  await page.getByRole('button', { name: 'Edit' }).click()
  const row = page.locator('[data-row=ANTHROPIC]')
  const model = row.getByRole('textbox', { name: 'Model' })
  const tryIt = row.getByRole('button', { name: 'Test route ANTHROPIC' })
  await model.fill('no-such-model')
  await tryIt.click()
  await browser.shows(row.getByText(/does not list the model "no-such-model". Choose one of/))
  await looksGood(row.locator('.notice'), 'trial-route-unknown')
  await row.getByRole('combobox', { name: 'Listed models' }).selectOption('claude-haiku-4-5')
  expect(await model.inputValue()).toBe('claude-haiku-4-5')
  await tryIt.click()
  await browser.shows(row.getByText(/^The route works: .* shuts this model down on 2099-10-31/))
  await looksGood(row.locator('.notice'), 'trial-route-works')
  expect(browser.complaints).toEqual([])
  await page.close()
})
