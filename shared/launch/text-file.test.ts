import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { StartError } from '../process/start-error.ts'
import { changeTextFile } from './text-file.ts'

function textFile(text = 'a'): string {
  const file = join(scratchFolder(), 'overlay.json')
  writeFileSync(file, text)
  return file
}

test('changes of a file come one after another, and keep its mode', async () => {
  const file = textFile('')
  chmodSync(file, 0o640)
  const append = (letter: string) =>
    changeTextFile(file, async text => {
      await setImmediate()
      return text + letter
    })
  await Promise.all(['a', 'b', 'c', 'd'].map(append))
  expect([...readFileSync(file, 'utf8')].sort().join('')).toBe('abcd')
  expect(statSync(file).mode & 0o777).toBe(0o640)
})

test('a change that fails leaves the file as it was, and nothing beside it', async () => {
  const file = textFile()
  const change = changeTextFile(file, () => {
    throw new StartError('no')
  })
  await expect(change).rejects.toThrow('no')
  expect(readFileSync(file, 'utf8')).toBe('a')
  expect(readdirSync(join(file, '..'))).toEqual(['overlay.json'])
})

test('what a killed change left behind is taken away', async () => {
  const file = textFile()
  writeFileSync(`${file}.changing`, 'half of')
  utimesSync(`${file}.changing`, new Date(0), new Date(0))
  await changeTextFile(file, text => `${text}b`)
  expect(readFileSync(file, 'utf8')).toBe('ab')
  expect(existsSync(`${file}.changing`)).toBe(false)
})

test('a link is followed, and stays one', async () => {
  const file = textFile()
  const link = join(scratchFolder(), 'link.json')
  symlinkSync(file, link)
  await changeTextFile(link, text => `${text}b`)
  expect([readFileSync(file, 'utf8'), readFileSync(link, 'utf8')]).toEqual(['ab', 'ab'])
})

test('a file that is not there yet is empty, and then readable by its owner only', async () => {
  const file = join(scratchFolder(), 'persons.json')
  await changeTextFile(file, text => `${text}b`)
  expect(readFileSync(file, 'utf8')).toBe('b')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that cannot be changed is named with the reason', async () => {
  const folder = join(scratchFolder(), 'none')
  await expect(changeTextFile(join(folder, 'overlay.json'), text => text)).rejects.toThrow(
    /^Cannot change .*overlay\.json: ENOENT/,
  )
})

test('a disk that takes only part of the new text leaves the file as it was', () => {
  const file = textFile()
  const script = `
    import { changeTextFile } from ${JSON.stringify(join(import.meta.dirname, 'text-file.ts'))}
    await changeTextFile(${JSON.stringify(file)}, () => 'b'.repeat(100_000)).catch(error => console.log(error.message))`
  // A limit for files stands for a disk that has this much room.
  const { stdout } = spawnSync(
    'bash',
    ['-c', 'ulimit -f 8; exec "$@"', '', process.execPath, '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  )
  expect(stdout).toMatch(/^Cannot change .*overlay\.json: EFBIG/)
  expect(readFileSync(file, 'utf8')).toBe('a')
})

test.skipIf(process.getuid?.() !== 0)('a file that root changes stays that of its owner', async () => {
  const file = textFile()
  chownSync(file, 1234, 2345)
  await changeTextFile(file, text => `${text}b`)
  expect(statSync(file)).toMatchObject({ uid: 1234, gid: 2345 })
})
