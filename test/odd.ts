/**
 * `npm run test:odd`: the unit tests at another time, in another zone and language, and in random order. It prints the
 * combination; given back as arguments (time, zone, language, seed), it is repeated. What follows goes to vitest.
 */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Where years, months and days end, and the days on which a clock of the zones below goes forward or back. */
const DAYS = [
  ...['2027-01-01', '2027-12-31', '2028-02-28', '2028-02-29', '2028-03-01', '2030-06-30', '2032-02-29'],
  ...['2027-03-14', '2027-11-07', '2027-03-28', '2027-10-31', '2027-04-04', '2027-10-03'],
]
/** Two of them pass midnight, or the hour that a clock leaves out, while the tests run. */
const TIMES = ['00:00:01', '01:59:40', '02:30:00', '12:00:00', '23:59:40']
const ZONES = [
  ...['America/St_Johns', 'America/New_York', 'Asia/Kathmandu', 'Asia/Kolkata', 'Australia/Lord_Howe'],
  ...['Europe/Berlin', 'Pacific/Apia', 'Pacific/Chatham', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'],
]
const LANGUAGES = [
  'C',
  'ar_EG',
  'da_DK',
  'de_DE',
  'en_GB',
  'en_IN',
  'en_ZA',
  'fa_IR',
  'hi_IN',
  'th_TH',
  'tr_TR',
  'zh_TW',
]

const oneOf = (list: readonly string[]): string => list[randomInt(list.length)] ?? ''

const [
  time = `${oneOf(DAYS)}T${oneOf(TIMES)}`,
  zone = oneOf(ZONES),
  language = oneOf(LANGUAGES),
  seed = String(randomInt(1_000_000)),
  ...rest
] = process.argv.slice(2)
if (Number.isNaN(Date.parse(time))) {
  process.stderr.write(`Cannot run the tests at "${time}": a time such as 2028-02-29T23:59:40 was expected.\n`)
  process.exit(1)
}

process.stdout.write(`To repeat this run: npm run test:odd -- ${[time, zone, language, seed, ...rest].join(' ')}\n`)
const clock = pathToFileURL(join(import.meta.dirname, 'harness', 'odd-clock.mjs')).href
const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs')
const order = ['--sequence.shuffle.files', '--sequence.shuffle.tests', `--sequence.seed=${seed}`]
const result = spawnSync(process.execPath, [vitest, 'run', '--project', 'unit', ...order, ...rest], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...{ TZ: zone, LC_ALL: language === 'C' ? 'C' : `${language}.UTF-8` },
    ...{ ODD_TIME: time, ODD_BEGAN_MS: String(Date.now()), NODE_OPTIONS: `--import ${clock}` },
  },
})
process.exit(result.status ?? 1)
