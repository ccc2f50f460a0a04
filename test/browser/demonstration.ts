/** An overlay with the demonstration provider, and a browser to look at it. */
import { afterAll } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { Overlay } from '../harness/overlay.ts'

/** Both run until the tests of the file are over. */
export async function demonstrationInBrowser() {
  const overlay = await Overlay.start({ args: ['--demo'] })
  afterAll(() => overlay[Symbol.asyncDispose]())
  const browser = await Browser.open()
  afterAll(() => browser[Symbol.asyncDispose]())
  return { overlay, browser }
}
