/** Every kind of file that the overlay opens, wrong in every way: a message in words and at once, or a file that is used after all. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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

describe.each([
  ['this account', undefined],
  // A checkout that only root may read cannot be run by another account at all.
  ...(canBeOther ? [['an account that is not root', NOBODY] as const] : []),
])('files that are wrong, opened by %s,', (_, account) => {
  const { rows, stderr } = table(account)
  const of = (name: string, state: string) => rows.find(row => row.name === name && row.state === state)

  test('are all tried', () => {
    expect(stderr).toBe('')
    expect(new Set(rows.map(({ name }) => name)).size).toBe(22)
    expect(new Set(rows.map(({ state }) => state)).size).toBe(isRoot && account === undefined ? 16 : 16)
  })

  test('are refused in words that name the file, or used', () => {
    expect(rows.filter(({ message, isNamed }) => message !== undefined && isNamed !== true)).toEqual([])
    expect(rows.filter(({ message = '' }) => /\n {4}at |\b[A-Z]{5,}: [a-z]/.test(message))).toEqual([])
    expect(rows.filter(({ message, folder }) => message !== undefined && !message.includes(folder))).toEqual([])
  })

  test('are refused, or used, within a second', () => {
    expect(rows.filter(({ ms }) => ms > 1000)).toEqual([])
  })

  test('lose what other accounts may do with them, where they are of the program', () => {
    for (const name of ['key', "controller's document", 'store', 'log'])
      expect([name, of(name, 'readable by everybody')?.mode]).toEqual([name, '600'])
  })

  test('are never written to through a link', () => {
    for (const { folder, state } of rows)
      if (state === 'a link to something else')
        for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
          if (file.endsWith('precious')) expect(readFileSync(join(folder, file), 'utf8')).toBe('precious')
  })

  test('may be links where a person writes them, and nowhere else', () => {
    const refusals = rows.filter(
      ({ state, message }) => state === 'a link to something else' && message?.includes('it is a link'),
    )
    expect(refusals.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['key', 'pid file', 'launcher', "controller's document", 'unfinished restore']),
    )
    for (const name of ['configuration', '.env', 'persons', 'history to import', 'service module'])
      expect(refusals.map(row => row.name)).not.toContain(name)
  })
})
