import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { INSTALL_SCRIPTS, lockfileProblems } from '../lockfile.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const lockfile = (): string => readFileSync(join(ROOT, 'package-lock.json'), 'utf8')

/** The lockfile of this project with another package, or another value in one. */
function broken(place: string, change: object): string {
  const lock = JSON.parse(lockfile())
  lock.packages[place] = { ...lock.packages[place], ...change }
  return JSON.stringify(lock)
}

test('lockfile has a digest for each package, no address but that of the public registry, and no install script without a reason', () => {
  expect(lockfileProblems(lockfile())).toEqual([])
  expect(Object.keys(INSTALL_SCRIPTS)).toEqual(['@photostructure/sqlite', 'esbuild'])
})

test('npm runs no install script here', () => {
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true')
})

const HONO = 'node_modules/hono'
const sha512 = `sha512-${'A'.repeat(86)}==`
test.each([
  ['without integrity', HONO, { integrity: undefined }, 'hono has no integrity'],
  ['with a weak digest', HONO, { integrity: 'sha1-abc=' }, 'hono has an integrity that is no SHA-512: sha1-abc='],
  [
    'with the address of another registry',
    HONO,
    { resolved: 'https://mirror.example/hono/-/hono-4.0.0.tgz' },
    'hono comes from https://mirror.example/hono/-/hono-4.0.0.tgz, which is not https://registry.npmjs.org/',
  ],
  [
    'with an address that only begins alike',
    HONO,
    { resolved: 'https://registry.npmjs.org.example/hono.tgz' },
    'hono comes from https://registry.npmjs.org.example/hono.tgz, which is not https://registry.npmjs.org/',
  ],
  [
    'with an address that is not encrypted',
    HONO,
    { resolved: 'http://registry.npmjs.org/hono.tgz' },
    'hono comes from http://registry.npmjs.org/hono.tgz, which is not https://registry.npmjs.org/',
  ],
  [
    'with a repository',
    HONO,
    { resolved: 'git+ssh://git@github.com/honojs/hono.git#0123456' },
    'hono comes from git+ssh://git@github.com/honojs/hono.git#0123456, which is not https://registry.npmjs.org/',
  ],
  [
    'with a file',
    HONO,
    { resolved: 'file:hono.tgz' },
    'hono comes from file:hono.tgz, which is not https://registry.npmjs.org/',
  ],
  ['with a link', HONO, { link: true, resolved: '../hono' }, 'hono is a link to a folder'],
  ['without a version', HONO, { version: undefined }, 'hono has no version'],
  [
    'with an install script',
    'node_modules/pino/node_modules/@some/package',
    { version: '1.0.0', integrity: sha512, hasInstallScript: true },
    '@some/package has an install script that is not on the list of test/lockfile.ts',
  ],
  [
    'that has lost one',
    'node_modules/esbuild',
    { hasInstallScript: false },
    'esbuild is on the list of install scripts and has none',
  ],
  [
    'that wants a repository',
    '',
    { dependencies: { hono: 'honojs/hono' } },
    'this project wants hono from honojs/hono, which is no version',
  ],
  [
    'in which a package wants an address',
    HONO,
    { dependencies: { x: 'https://a.example/x.tgz' } },
    'hono wants x from https://a.example/x.tgz, which is no version',
  ],
])('lockfile %s is refused with the reason', (_, place, change, reason) => {
  expect(lockfileProblems(broken(place, change))).toEqual([reason])
})

test.each([
  ['that is no JSON', 'x'],
  ['of another version', '{"lockfileVersion": 2, "packages": {}}'],
  ['that is empty', '{"lockfileVersion": 3, "packages": {}}'],
])('lockfile %s is refused', (_, text) => {
  expect(lockfileProblems(text)).toHaveLength(1)
})
