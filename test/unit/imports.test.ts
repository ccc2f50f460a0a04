/** What may import what, how long a file may be, what may stand at top level: read from the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'
import { configSchemaText } from '../../config/write-schema.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CODE_FOLDERS = ['config', 'controller', 'peer', 'proxy', 'shared']
const LONGEST = 200

/** For each place the places it may import from, the longest prefix counts; a place may always import from itself. */
const MAY_IMPORT: readonly (readonly [place: string, allowed: readonly string[]])[] = [
  ['shared/protocol/', []],
  ['shared/process/', ['shared/protocol/']],
  ['shared/launch/', ['shared/', 'config/']],
  ['shared/', ['shared/']],
  ['config/', ['shared/']],
  ['controller/', ['shared/', 'config/']],
  ['proxy/', ['shared/', 'config/']],
  ['peer/', ['shared/', 'config/']],
  ['startup.ts', ['shared/', 'config/']],
]

/** Beside the code: what a repository usually has, and what is never committed. */
const TOP_LEVEL = new Set([
  ...[...CODE_FOLDERS, 'docs', 'public', 'test', 'startup.ts'],
  ...[
    '.ci',
    '.env',
    '.env.example',
    '.git',
    '.github',
    '.gitignore',
    '.npmrc',
    '.nvmrc',
    '.vscode',
    'backups',
    'data',
    'node_modules',
  ],
  ...[
    'ARCHITECTURE.md',
    'biome.json',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'package.json',
    'package-lock.json',
    'README.md',
    'SECURITY.md',
  ],
  ...['tsconfig.base.json', 'tsconfig.browser.json', 'tsconfig.json', 'vitest.config.ts'],
])

const below = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file) || file.includes('/testing/')
const files = [...CODE_FOLDERS.flatMap(below), 'startup.ts']
const sources = files.filter(file => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && !isTest(file))

/** The files of this repository that a text imports, in whatever form. */
function importsOf(file: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.[^'"]*)\1/g)
  return [...specifiers].map(([, , specifier = '']) =>
    relative(ROOT, join(ROOT, dirname(file), specifier))
      .split(sep)
      .join('/'),
  )
}

function isAllowed(file: string, imported: string): boolean {
  const rule = MAY_IMPORT.find(([place]) => file.startsWith(place))
  return rule !== undefined && [rule[0], ...rule[1]].some(place => imported.startsWith(place))
}

test('imports are found in every form that a file may write them', () => {
  const text = `import { a } from './a.ts'\nimport type { B } from "../b.ts"\nexport * from './c/c.ts'\nimport './d.css'\nawait import('./e.ts')\nimport z from 'zod'\nimport {\n  f,\n} from '../../f.ts'`
  expect(importsOf('peer/x/y.ts', text)).toEqual([
    'peer/x/a.ts',
    'peer/b.ts',
    'peer/x/c/c.ts',
    'peer/x/d.css',
    'peer/x/e.ts',
    'f.ts',
  ])
})

test.each([
  ['peer/chat.ts', 'proxy/proxy.ts'],
  ['proxy/proxy.ts', 'controller/store.ts'],
  ['controller/main.ts', 'peer/main.ts'],
  ['shared/protocol/names.ts', 'shared/process/log.ts'],
  ['shared/process/log.ts', 'config/config.ts'],
  ['shared/process/log.ts', 'shared/launch/lock.ts'],
  ['config/config.ts', 'peer/main.ts'],
  ['peer/chat.ts', 'test/harness/overlay.ts'],
])('rules forbid that %s imports %s', (file, imported) => {
  expect(isAllowed(file, imported)).toBe(false)
})

test('controller, proxy and peer import only shared and config, and shared/protocol nothing of ours', () => {
  expect(sources.length).toBeGreaterThan(100)
  const forbidden = sources.flatMap(file =>
    importsOf(file, read(file)).flatMap(imported => (isAllowed(file, imported) ? [] : [`${file} imports ${imported}`])),
  )
  expect(forbidden).toEqual([])
})

test('every import of ours names a file that is there', () => {
  const known = new Set([...files, ...below('public')])
  const missing = sources.flatMap(file =>
    importsOf(file, read(file)).flatMap(imported => (known.has(imported) ? [] : [`${file} imports ${imported}`])),
  )
  expect(missing).toEqual([])
})

test('a text is read in one place, which passes over a byte order mark and refuses what is not UTF-8', () => {
  const elsewhere = sources.filter(file => /readFile(?:Sync)?\([^)]*['"]utf-?8['"]/.test(read(file)))
  // The recordings are ours, and only tests read them.
  expect(elsewhere.filter(file => !file.startsWith('proxy/providers/recorded/'))).toEqual([])
})

test(`no file of the sources is longer than ${LONGEST} lines`, () => {
  const long = sources
    .map(file => [file, read(file).trimEnd().split('\n').length] as const)
    .filter(([, lines]) => lines > LONGEST)
  expect(long).toEqual([])
})

test('nothing stands at top level beyond the folders of the design and the usual files', () => {
  expect(
    readdirSync(ROOT).filter(name => !TOP_LEVEL.has(name) && !/^(?:\.|tsconfig).*\.tsbuildinfo$/.test(name)),
  ).toEqual([])
})

test('config/overlay.schema.json is what the schema that validates generates', () => {
  expect(JSON.parse(read('config/overlay.schema.json'))).toEqual(JSON.parse(configSchemaText()))
})
