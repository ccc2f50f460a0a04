/**
 * How both pages look: at both widths and in both themes, without an accessibility violation or a complaint on the
 * console. The pictures go to `data/screenshots`; `npm run screenshots` puts those of the README where it finds them.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UsageViewRow } from '../../shared/protocol/usage.ts'
import { Browser } from '../harness/browser.ts'
import { Overlay } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { accessibilityViolations } from './axe.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'data', 'screenshots')
/** The pictures that the README shows; they are renewed only on request, so that a test run leaves no changes behind. */
const IN_README = ['chat-1280-light', 'chat-1280-dark', 'dashboard-1280-light', 'dashboard-1280-dark']

const LOOKS = [
  { width: 1280, height: 800, dark: false },
  { width: 1280, height: 800, dark: true },
  { width: 390, height: 844, dark: false },
  { width: 390, height: 844, dark: true },
]

let overlay: Overlay

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  overlay = await Overlay.start({ args: ['--demo'] })
  using alice = await PeerClient.connect(overlay.peer(1))
  await alice.send('behrooz', 'Good morning! The overlay is up.')
  const bob = await alice.send('bob', 'Shall we meet at ten?')
  await alice.message(message => message.metadata.replyTo === bob)
  const reading = await alice.send('thermometer1', 'range')
  await alice.message(message => message.metadata.replyTo === reading)
  for (const [to, text] of [
    ['ANTHROPIC', 'What is an overlay network?'],
    ['GPT', 'What is an overlay network?'],
    ['GPT', '/help'],
    ['GPT', 'personality spanish'],
    ['GPT', 'And why would I want one?'],
    ['GEMINI', '[[thinking]] Why is the sky blue?'],
    ['MISTRAL', '[[error 401]] Anybody there?'],
  ] as const) {
    const question = await alice.send(to, text)
    await alice.message(message => message.metadata.replyTo === question)
  }
})
afterAll(() => overlay[Symbol.asyncDispose]())

async function looksGood(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  expect(await accessibilityViolations(page)).toEqual([])
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(overflow).toBe(0)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, fullPage })
  if (process.env['UPDATE_SCREENSHOTS'] && IN_README.includes(name))
    copyFileSync(path, join(ROOT, 'docs', 'screenshots', `${name}.png`))
}

test.each(LOOKS)('the chat page looks good at %o', async look => {
  await using browser = await Browser.open(look)
  const page = await browser.page(`${overlay.peer(1)}/#/ANTHROPIC`)
  await page.getByTestId('message').nth(1).waitFor()
  await looksGood(page, `chat-${look.width}-${look.dark ? 'dark' : 'light'}`)
  expect(browser.complaints).toEqual([])
})

test.each(LOOKS)(
  'a conversation with an AI looks good at %o: details, command answers, the list of commands',
  async look => {
    await using browser = await Browser.open(look)
    const suffix = `${look.width}-${look.dark ? 'dark' : 'light'}`
    const page = await browser.page(`${overlay.peer(1)}/#/GPT`)
    await page.getByTestId('message').nth(7).waitFor()
    await looksGood(page, `ai-answer-${suffix}`)
    await page.getByText('Details').last().click()
    await page.locator('dl').last().scrollIntoViewIfNeeded()
    await looksGood(page, `ai-details-${suffix}`)
    await page.locator('.notice').first().scrollIntoViewIfNeeded()
    await looksGood(page, `ai-commands-${suffix}`)
    await page.getByRole('textbox', { name: 'Message to GPT' }).pressSequentially('/')
    await page.getByRole('listbox').waitFor()
    await looksGood(page, `ai-list-${suffix}`)
    expect(browser.complaints).toEqual([])
  },
)

test.each(LOOKS)('the dashboard looks good at %o: overview, table, editor, credentials', async look => {
  await using browser = await Browser.open(look)
  const suffix = `${look.width}-${look.dark ? 'dark' : 'light'}`
  const page = await browser.page(overlay.controller)
  await page.locator('[data-proxy=thermometer1] [data-table=applied]').first().waitFor()
  await looksGood(page, `dashboard-${suffix}`)
  await page.goto(`${overlay.controller}/#/proxies/alice`)
  await page.locator('[data-route=GPT]').first().waitFor()
  await looksGood(page, `dashboard-table-${suffix}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('[data-row=GPT]').first().waitFor()
  await looksGood(page, `dashboard-editor-${suffix}`)
  await page.goto(`${overlay.controller}/#/credentials`)
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /Discard/ })
    .click({ timeout: 500 })
    .catch(() => undefined)
  await page.locator('[data-credential=openai]').waitFor()
  await looksGood(page, `dashboard-credentials-${suffix}`)
  expect(browser.complaints).toEqual([])
})

test.each(LOOKS)('the usage page looks good at %o: with answers, and with none', async look => {
  await using browser = await Browser.open(look)
  const suffix = `${look.width}-${look.dark ? 'dark' : 'light'}`
  const page = await browser.page(`${overlay.controller}/#/usage`)
  await page.locator('[data-usage=MISTRAL]').first().waitFor({ timeout: 30_000 })
  await looksGood(page, `dashboard-usage-${suffix}`)
  const answerWith = (rows: readonly UsageViewRow[]) =>
    page.route('**/api/usage?*', route => route.fulfill({ json: { ...USAGE_DAYS, rows, totals: [] } }))
  await answerWith(sampleUsage())
  await page.reload()
  await page.getByRole('button', { name: '30 days' }).click()
  await page.getByText('cost unknown for').first().waitFor()
  await looksGood(page, `dashboard-usage-30-${suffix}`, { fullPage: true })
  await answerWith([])
  await page.reload()
  await page.getByText('No AI has answered').waitFor()
  await looksGood(page, `dashboard-usage-empty-${suffix}`)
  expect(browser.complaints).toEqual([])
})

const USAGE_DAYS = { from: '2026-01-02', to: '2026-01-31' }

/** A month of answers with a cost, some whose cost nobody knows, and a proxy of long names. */
function sampleUsage(): UsageViewRow[] {
  const routes = [
    ['GPT', 'gpt-6-luna', 'USD', 0.0004],
    ['ANTHROPIC', 'claude-sonnet-5-5', 'USD', 0.0123],
    ['MISTRAL', 'mistral-small-latest', null, 0],
  ] as const
  return Array.from({ length: 30 }, (_, index) => index).flatMap(index =>
    routes.flatMap(([route, model, currency, price], at) => {
      const calls = ((index * 7 + at * 3) % 11) + (index % 4 === 0 ? 0 : 5 * at)
      const day = new Date(Date.parse(USAGE_DAYS.from) + index * 86_400_000).toISOString().slice(0, 10)
      const key = { day, proxy: index % 2 === 0 ? 'alice' : 'behrooz', route, model, currency, demo: false }
      const tokens = { input: calls * 812, output: calls * 344, cached: calls * 200, thinking: at * calls * 51 }
      const ends = { failed: calls % 5 === 4 ? 1 : 0, cancelled: calls % 6 === 5 ? 1 : 0, interrupted: 0 }
      const known = { cost: calls * price, withoutCost: currency === null ? calls : 0, withoutUsage: 0 }
      const times = { firstPieceMs: calls * 431, firstPieces: calls, totalMs: calls * 2100, timed: calls }
      return calls === 0 ? [] : [{ ...key, calls, ...tokens, ...ends, ...known, ...times }]
    }),
  )
}
