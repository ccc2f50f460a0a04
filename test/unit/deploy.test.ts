/** docs/deploy.md: the units and the compose file that it shows are read by the programs that they are for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../harness/scratch.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'deploy.md'), 'utf8')

/** The files that the page shows: each begins with its path in a comment. */
const files = [...PAGE.matchAll(/^```(?:ini|yaml)\n# (\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}))
const units = files.filter(({ path }) => path.includes('/systemd/'))
const runs = (...words: [string, ...string[]]): boolean => spawnSync(words[0], words.slice(1)).status === 0

test('the page shows a service, its backup with a timer, a user service and a compose file', () => {
  expect(files.map(({ path }) => path)).toEqual([
    '/etc/systemd/system/overlay-chat.service',
    '/etc/systemd/system/overlay-chat-backup.service',
    '/etc/systemd/system/overlay-chat-backup.timer',
    '~/.config/systemd/user/overlay-chat.service',
    'compose.yaml',
  ])
})

const analyze = test.skipIf(!runs('systemd-analyze', '--version'))

analyze.each([
  ['system', '/etc/systemd/system/'],
  ['user', '~/.config/systemd/user/'],
])('systemd-analyze verify finds nothing wrong with the units of the %s', (manager, folder) => {
  const scratch = scratchFolder()
  const written = units
    .filter(({ path }) => path.startsWith(folder))
    .map(({ path, text }) => {
      const file = join(scratch, basename(path))
      // It looks whether the program is there: node may be elsewhere on the machine of this test.
      writeFileSync(file, text.replaceAll('/usr/bin/node', process.execPath))
      return file
    })
  const found = spawnSync('systemd-analyze', ['verify', '--man=no', `--${manager}`, ...written], {
    encoding: 'utf8',
    // A user's units are looked at as their manager would, which has a folder for what runs.
    env: { ...process.env, XDG_RUNTIME_DIR: scratch },
  })
  // What it warns of leaves its exit code at 0; what it says of other units of the machine is not ours.
  const about = found.stderr.split('\n').filter(line => line.includes('overlay-chat'))
  expect({ about, status: found.status }).toEqual({ about: [], status: 0 })
})

analyze('units of a program and data in a folder with spaces and other signs are as the page says', () => {
  const scratch = scratchFolder()
  const program = join(scratch, "my chat ü#1 50% $x & 'q'")
  mkdirSync(program)
  const data = join(scratch, 'my "data" 5% $y')
  const inArgument = data.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')
  const [unit] = units
  const text = (unit?.text ?? '')
    .replace('WorkingDirectory=/opt/overlay-chat', () => `WorkingDirectory=${program.replaceAll('%', '%%')}`)
    .replace('--data /var/lib/overlay-chat/data', () => `--data "${inArgument}"`)
    .replace('/usr/bin/node', process.execPath)
  expect(text).not.toContain('/opt/overlay-chat')
  const file = join(scratch, 'overlay-chat.service')
  writeFileSync(file, text)
  const found = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
  const about = found.stderr.split('\n').filter(line => line.includes('overlay-chat'))
  expect({ about, status: found.status }).toEqual({ about: [], status: 0 })
})

/** The plugin, or the program that was before it. */
const compose = [['docker', 'compose'] as const, ['docker-compose'] as const].find(([name, ...words]) =>
  runs(name, ...words, 'version'),
)

test.skipIf(compose === undefined)('docker compose reads the compose file', () => {
  const file = join(scratchFolder(), 'compose.yaml')
  writeFileSync(file, files.find(({ path }) => path === 'compose.yaml')?.text ?? '')
  const [name = '', ...words] = compose ?? []
  expect(spawnSync(name, [...words, '-f', file, 'config', '--quiet'], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})
