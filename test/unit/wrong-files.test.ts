/** Every kind of file that the overlay opens, wrong in every way: a message in words and at once, or a file that is used after all. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../harness/scratch.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const NOBODY = 65_534
const Row = z.object({
  name: z.string(),
  state: z.string(),
  folder: z.string(),
  ms: z.number(),
  mode: z.string().optional(),
  isNamed: z.boolean().optional(),
  message: z.string().optional(),
  trace: z.string().optional(),
})

/** Runs the table as an account, in a process that ends in time even where an opening hangs. */
function table(account?: number) {
  const folder = scratchFolder()
  if (account !== undefined) chownSync(folder, account, account)
  chmodSync(folder, 0o755)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'test', 'harness', 'wrong-files.ts'), folder],
    {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 50_000,
      env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder },
      ...(account !== undefined && { uid: account, gid: account }),
    },
  )
  const rows = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => Row.parse(JSON.parse(line)))
  return { rows, stderr }
}

const isRoot = process.getuid?.() === 0
const canBeOther =
  isRoot &&
  spawnSync(process.execPath, ['--import', 'tsx', '-e', "import('./shared/process/read-text.ts')"], {
    ...{ cwd: ROOT, uid: NOBODY, gid: NOBODY, env: { HOME: '/', TMPDIR: '/tmp' } },
  }).status === 0

type Rows = readonly z.infer<typeof Row>[]

/** What must be so of each row: the rows of which it is not. */
const PROMISES: Readonly<Record<string, (rows: Rows) => Rows>> = {
  'a refusal is in words': rows => rows.filter(({ message, isNamed }) => message !== undefined && isNamed !== true),
  'no words are those of the system': rows =>
    rows.filter(({ message = '' }) => /\n {4}at |\b[A-Z]{5,}: [a-z]/.test(message)),
  'a refusal names the file': rows =>
    rows.filter(
      ({ message, folder }) => message !== undefined && !message.includes(folder) && !/\b\w+\.db\b/.test(message),
    ),
  'it takes less than a second of the processor': rows => rows.filter(({ ms }) => ms > 1000),
  'what is of the program is for this account alone afterwards': rows =>
    rows.filter(
      ({ name, state, mode }) =>
        state === 'readable by everybody' &&
        ['key', "controller's document", 'store', 'log'].includes(name) &&
        mode !== '600' &&
        mode !== undefined,
    ),
  'nothing is written through a link': rows =>
    rows.filter(({ folder, state }) => state === 'a link to something else' && !precious(folder).includes('precious')),
  'a link stands only for what a person writes, and for a store': rows =>
    rows.filter(
      ({ name, state, message = '' }) =>
        state === 'a link to something else' && MAY_BE_LINKS.includes(name) && message.includes('it is a link'),
    ),
  'a link is refused for everything else that is read or written': rows =>
    rows.filter(
      ({ name, state, message = '' }) =>
        state === 'a link to something else' &&
        !MAY_BE_LINKS.includes(name) &&
        !PASSED_OVER.includes(name) &&
        !message.includes('it is a link'),
    ),
}
const MAY_BE_LINKS = [
  'configuration',
  '.env',
  'persons',
  'a change of persons',
  'store',
  'history to import',
  'service module',
]
/** Made anew, or of no use where it is not what it has to be. */
const PASSED_OVER = ['unfinished store', 'launcher to ask', 'removed person to read', 'what was printed']

const precious = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('precious'))
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join()

test.each<[string, number | undefined]>([
  ['this account', undefined],
  // A checkout that only root may read cannot be run by another account at all.
  ...(canBeOther ? [['an account that is not root', NOBODY] satisfies [string, number]] : []),
])('files that are wrong are refused in words or used, at once, by %s', (_, account) => {
  const { rows, stderr } = table(account)
  expect(stderr).toBe('')
  expect(new Set(rows.map(({ name }) => name)).size).toBe(22)
  expect(new Set(rows.map(({ state }) => state)).size).toBe(16)
  for (const [promise, broken] of Object.entries(PROMISES)) expect(broken(rows), promise).toEqual([])
})
