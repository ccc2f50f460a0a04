/** What a user does changes nothing of the program's own files: the usual commands, on a copy of the tree. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freeBase } from '../harness/free-base.ts'
import { scratchFolder } from '../harness/scratch.ts'
import { runInPipe } from '../harness/terminal.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const NOT_COPIED = ['.git', 'node_modules', 'data', 'backups', '.env']
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' }

/** A copy under version control, in which nothing has changed yet. */
function checkout(): string {
  const root = join(scratchFolder(), 'checkout')
  cpSync(ROOT, root, { recursive: true, filter: from => !NOT_COPIED.some(name => from === join(ROOT, name)) })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  // A link is no folder, which is what the pattern of the program names.
  writeFileSync(join(root, '.git-exclude'), 'node_modules\n.git-exclude\n')
  git(root, 'init', '-q')
  git(root, 'config', 'core.excludesFile', join(root, '.git-exclude'))
  git(root, 'add', '-A')
  git(root, '-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-qm', 'as it came')
  return root
}

function git(root: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout
}

test('a checkout stays clean whatever its user does: a demonstration, add, remove, import, backup, restore', async () => {
  const root = checkout()
  const flags = ['--demo', '--port-base', String(await freeBase())]
  const program = (file: string, ...args: string[]) => [process.execPath, '--import', 'tsx', join(root, file), ...args]
  const plain = async (...args: string[]) => {
    const { code, out, err } = await runInPipe(program('startup.ts', ...args), '')
    return { code, output: out + err }
  }
  const run = (...args: string[]) => plain(...args, ...flags)
  const start = async (...args: string[]) => {
    const [file = '', ...rest] = program('startup.ts', ...args, ...flags)
    const child = spawn(file, rest, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill())
    let output = ''
    for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      output += text
      if (/everything is ready/.test(output)) break
    }
    child.stdout.resume()
    return output
  }
  writeFileSync(join(root, '.env'), 'MISTRAL_API_KEY=of-mine\r\n')
  writeFileSync(join(root, 'chat_history_carol.json'), '{"_default": {}}')

  expect(await start('--only', 'alice')).toMatch(/everything is ready/)
  expect(await run('add', 'carol')).toMatchObject({ code: 0 })
  expect(await run('remove', 'bob')).toMatchObject({ code: 0 })
  const lines = await runInPipe(program('peer/terminal.ts', 'carol', ...flags), '!peers\n')
  expect(lines).toMatchObject({ code: 0, out: expect.stringContaining('alice') })
  expect(await run('status')).toMatchObject({ code: 0, output: expect.stringContaining('peer carol') })
  expect(await run('backup')).toMatchObject({ code: 0, output: expect.stringContaining('copying persons.json') })
  expect(await run('stop')).toMatchObject({ code: 0 })

  const again = await start('--only', 'carol')
  expect(again).toContain(
    `Beside ${join(root, 'config', 'overlay.json')}: carol added, bob removed (${join(root, 'data', 'demo', 'persons.json')}).`,
  )
  expect(await run('stop')).toMatchObject({ code: 0 })
  expect(await run('import', join(root, 'chat_history_carol.json'))).toMatchObject({ code: 0 })
  expect(await run('backup', join(root, 'backups', 'mine'))).toMatchObject({ code: 0 })
  expect(await run('remove', 'carol')).toMatchObject({ code: 0 })
  expect(await run('restore', join(root, 'backups', 'mine'))).toMatchObject({ code: 0 })
  expect(await run('remove', 'dora')).toMatchObject({ output: expect.stringContaining('behrooz, alice, carol') })

  const other = join(root, 'backups', 'other')
  for (const args of [
    ['add', 'emil'],
    ['backup', other],
    ['restore', other],
  ])
    expect(await plain(...args)).toMatchObject({ code: 0 })

  expect(git(root, 'status', '--porcelain')).toBe('')
  expect(existsSync(join(root, 'config', 'overlay.json.changing'))).toBe(false)
  expect(readFileSync(join(root, 'data', 'demo', 'persons.json'), 'utf8')).toContain('carol')
}, 300_000)
