/** The system's Chromium, driven by playwright-core; screenshots go to docs/screenshots when asked for. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Look = {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  readonly args?: readonly string[]
  /** Arguments of playwright to leave out. */
  readonly without?: readonly string[]
}

/** A browser with an empty profile. Errors on a page's console are collected, so that a test can demand none. */
export class Browser implements AsyncDisposable {
  readonly context: BrowserContext
  readonly complaints: string[] = []
  readonly #profile: string

  private constructor(context: BrowserContext, profile: string) {
    this.context = context
    this.#profile = profile
  }

  static async open({
    width = 1280,
    height = 800,
    dark = false,
    args = [],
    without = [],
  }: Look = {}): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'overlay-browser-'))
    const executablePath = findChromium()
    if (executablePath === undefined) throw new Error('no Chromium: npm test says how to get one')
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [...ARGS, ...args],
      ignoreDefaultArgs: [...without],
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
    })
    return new Browser(context, profile)
  }

  async page(url: string): Promise<Page> {
    const page = await this.context.newPage()
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    await page.goto(url)
    return page
  }

  /** Waits until it is visible. The error says what the page shows instead, and what it complained of. */
  async shows(locator: Locator): Promise<void> {
    await locator.waitFor().catch(async error => {
      const body = locator.page().locator('body')
      const text = await body.innerText({ timeout: 5_000 }).catch(() => 'nothing, for it does not answer')
      throw new Error(
        `${error.message}\n${this.complaints.join('\n')}\nThe page shows instead: ${text.slice(0, 2_000)}`,
      )
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }
}
