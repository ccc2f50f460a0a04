import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { localeOfTimes } from './written.ts'

const run = promisify(execFile)

/** What another process writes, in which the machine speaks another language. */
async function writtenIn(language: string): Promise<unknown> {
  const script = `
    import { compareNames, figure, numberFormat, timeFormat } from ${JSON.stringify(join(import.meta.dirname, 'written.ts'))}
    const day = timeFormat({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
    const price = numberFormat({ style: 'currency', currency: 'USD' })
    console.log(JSON.stringify([figure(1234567.5), price.format(12.3), day.format(Date.UTC(2025, 10, 17)), ['z', 'aa', 'I', 'i'].sort(compareNames)]))`
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    env: { ...process.env, LC_ALL: `${language}.UTF-8` },
  })
  return JSON.parse(stdout)
}

test.each(['de_DE', 'ar_EG', 'da_DK', 'th_TH', 'en_GB'])(
  'a machine that speaks %s writes the same',
  async language => {
    const names = ['aa', 'i', 'I', 'z']
    expect(await writtenIn(language)).toEqual([
      '1,234,567.5',
      '$12.30',
      expect.stringMatching(/^Monday,? 17 November$/),
      names,
    ])
  },
  60_000,
)

test('times are in the kind of English of the reader, to others as in most of the world', () => {
  expect(['en-US', 'en-ZA', 'en', 'de-DE', 'eng-x'].map(localeOfTimes)).toEqual([
    'en-US',
    'en-ZA',
    'en',
    'en-GB',
    'en-GB',
  ])
})
