/** Finds the system's Chromium: nothing is downloaded. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** `CHROME_PATH`, or the first known browser on the path. */
export function findChromium(): string | undefined {
  const chosen = process.env['CHROME_PATH']
  if (chosen) return existsSync(chosen) ? chosen : undefined
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return [...folders.flatMap(folder => NAMES.map(name => join(folder, name))), ...APPLICATIONS].find(file =>
    existsSync(file),
  )
}
