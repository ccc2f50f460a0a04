import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { requireFolder } from './data-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const NOBODY = 65_534

/** What a program says to an account that is not root; who runs this as somebody else is that account already. */
function asUser(program: string) {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const args = ['--import', 'tsx', '--input-type=module', '-e', program]
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { HOME: '/' }, ...user })
}

test('data folder that is a file, or lies below one, is refused in words', () => {
  const file = join(scratchFolder(), 'file')
  writeFileSync(file, '')
  expect(() => requireFolder(file)).toThrow(`Cannot use --data ${file}: it is a file, not a folder.`)
  expect(() => requireFolder(join(file, 'below'))).toThrow(`${file} is a file, not a folder.`)
  expect(() => requireFolder(join(file, '..', 'none', 'yet'))).not.toThrow()
})

// A checkout that only root may read cannot be run by another account at all.
test.skipIf(asUser("import './shared/process/start-error.ts'").status !== 0)(
  'data that this account may not write is named before anything is started, with what helps',
  () => {
    const folder = scratchFolder()
    const data = join(folder, 'my data')
    mkdirSync(join(data, 'alice'), { recursive: true })
    writeFileSync(join(data, 'alice', 'peer.db'), '')
    chmodSync(join(data, 'alice', 'peer.db'), 0o400)
    for (const [path, mode] of [
      [data, 0o555],
      [folder, 0o555],
    ] as const)
      chmodSync(path, mode)
    const { stdout } = asUser(`
      import { lockData } from './shared/launch/lock.ts'
      for (const data of ${JSON.stringify([data, join(folder, 'new')])})
        try { lockData(data) } catch (error) { console.log(error.constructor.name, error.message) }`)
    chmodSync(folder, 0o755)
    chmodSync(data, 0o755)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^StartError Cannot start: this account may not write (.*)\/my data, nor [12] more in \1\/my data\. .* '\1\/my data'\), or choose another folder with --data\.$/,
      ),
      expect.stringMatching(
        /^StartError Cannot start: (.*)\/new is not there, and this account may not make it in \1\. /,
      ),
      '',
    ])
  },
  30_000,
)
