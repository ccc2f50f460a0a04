import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { StartError } from '../process/start-error.ts'
import { buildFolder, buildOverlay, requireBuildFolder } from './build.ts'
import { freshFolder, MARK } from './own-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const own = { what: 'build', isOurs: (path: string) => path === 'ours/a' }

function put(...path: string[]): string {
  const file = join(...path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'precious')
  return file
}

test('folder that is made anew carries a mark, and is emptied again for that', () => {
  const folder = join(scratchFolder(), 'build')
  freshFolder(folder, own)
  put(folder, 'sub', 'file')
  freshFolder(folder, own)
  expect(readdirSync(folder)).toEqual([MARK])
})

test.each([
  ['empty', []],
  ['with what versions before the mark left', ['ours/a']],
])('folder that is %s is taken', (_, files) => {
  const folder = join(scratchFolder(), 'build')
  mkdirSync(folder)
  for (const file of files) put(folder, file)
  freshFolder(folder, own)
  expect(readdirSync(folder)).toEqual([MARK])
})

test.each([
  ['a file of somebody', (folder: string) => put(folder, 'notes.txt'), 'notes.txt in it was not made by this program'],
  [
    'a file of somebody among ours',
    (folder: string) => [put(folder, 'ours', 'a'), put(folder, 'ours', 'b')],
    'ours/b in it was not made by this program',
  ],
  [
    'a link among ours',
    (folder: string) => [put(folder, 'ours', 'a'), symlinkSync('none', join(folder, 'x'))],
    'x in it',
  ],
  ['something else of that name', (folder: string) => writeFileSync(folder, 'precious'), 'it is no folder'],
  [
    'a link in its place',
    (folder: string) => {
      put(`${folder}-target`, MARK)
      symlinkSync(`${folder}-target`, folder)
    },
    'it is a link to something else',
  ],
  [
    'a mark that is a link',
    (folder: string) => [mkdirSync(folder), symlinkSync('none', join(folder, MARK))],
    `${MARK} in`,
  ],
])('folder with %s is refused, and nothing is touched', (_, make, why) => {
  const folder = join(scratchFolder(), 'build')
  make(folder)
  const before = JSON.stringify(readdirSync(dirname(folder), { recursive: true }))
  expect(() => freshFolder(folder, own)).toThrow(StartError)
  expect(() => freshFolder(folder, own)).toThrow(why)
  expect(JSON.stringify(readdirSync(dirname(folder), { recursive: true }))).toBe(before)
})

test('folder with a link in it is emptied, and what the link leads to stays', () => {
  const folder = join(scratchFolder(), 'build')
  const elsewhere = scratchFolder()
  const file = put(elsewhere, 'file')
  freshFolder(folder, own)
  symlinkSync(elsewhere, join(folder, 'link'))
  freshFolder(folder, own)
  expect(readdirSync(folder)).toEqual([MARK])
  expect(readFileSync(file, 'utf8')).toBe('precious')
})

test('bundles that the version before left are recognised, also those of parts; what else lies there is not', async () => {
  const data = scratchFolder()
  const build = buildFolder(data)
  for (const file of [
    ...['processes/anthropic-3AFCNLKL.mjs', 'processes/proxy.mjs', 'processes/services/meter.mjs'],
    ...['pages/assets/chat/chunk-AC357LP7.js.map', 'pages/assets/dashboard/dashboard-MSYJ5VM6.css'],
    ...['pages/public/favicon.svg', 'cache/v22.1.0-x64-abc-0/1a2b3c', 'proxy-alice/processes/proxy.mjs'],
  ])
    put(build, file)
  expect(() => requireBuildFolder(data)).not.toThrow()
  await buildOverlay(ROOT, build, { web: false })
  expect(readdirSync(build).sort()).toEqual([MARK, 'processes'])
  expect(() => requireBuildFolder(data)).not.toThrow()
})

test.each([
  'processes/main.ts',
  'pages/index.html',
  'processes/lib.mjs',
  'index.js',
  'alice/processes/proxy.mjs',
  'cache/x',
])('build folder of another program with %s is refused with what helps, and stays', async file => {
  const data = scratchFolder()
  const kept = put(buildFolder(data), file)
  expect(() => requireBuildFolder(data)).toThrow(
    `Cannot start: ${buildFolder(data)} is made anew each time, and what is in it is deleted, but ${file} in it was not made by this program. Move it away, or name another place.`,
  )
  await expect(buildOverlay(ROOT, buildFolder(data))).rejects.toThrow(file)
  expect(existsSync(kept)).toBe(true)
})

test('parts are built beside each other in one marked folder', async () => {
  const data = scratchFolder()
  for (const part of ['proxy-alice', 'controller'])
    await buildOverlay(ROOT, join(buildFolder(data), part), { web: false })
  expect(readdirSync(buildFolder(data)).sort()).toEqual(['controller', 'proxy-alice'])
  expect(() => requireBuildFolder(data)).not.toThrow()
})
