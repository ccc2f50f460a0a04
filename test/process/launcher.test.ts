/** `startup.ts` as a user meets it: help, refusals with the remedy, a clean stop. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freeBase } from '../harness/free-base.ts'
import { type ConfigChange, Overlay, persons, temporaryFolder, writeConfig } from '../harness/overlay.ts'

/** Starts an overlay that is expected to refuse, and gives what it printed and its exit code. */
async function refusal(
  options: Parameters<typeof Overlay.launch>[0],
): Promise<{ output: string; code: number | null }> {
  await using overlay = await Overlay.launch(options)
  const code = await overlay.exited
  return { output: overlay.output, code }
}

test('--help names every option', async () => {
  const { output, code } = await refusal({ args: ['--help'] })
  expect(code).toBe(0)
  for (const option of ['--demo', '--only', '--port-base', '--data', '--config']) expect(output).toContain(option)
})

test('an unknown option is refused with a pointer to --help', async () => {
  expect(await refusal({ args: ['--colour'] })).toMatchObject({
    code: 78,
    output: expect.stringMatching(/--colour[\s\S]*--help/),
  })
})

test('a port in use stops the start with the port, its process and the flag that moves all ports', async () => {
  const base = await freeBase()
  const taken = createServer().listen(base + 5001, '127.0.0.1')
  const { output, code } = await refusal({ base })
  taken.close()
  expect(code).toBe(78)
  expect(output).toContain(`the proxy of alice: port ${base + 5001} is in use`)
  expect(output).toContain('--port-base')
})

test.each<[string, ConfigChange, string]>([
  ['a field of the wrong type', config => ({ ...config, cannedReplies: 'hi' }), 'cannedReplies'],
  ['an unknown field', config => ({ ...config, colour: 'red' }), 'colour'],
  ['an instance twice', persons('a', 'A'), 'instances.A.name'],
])('a configuration with %s stops the start, naming file and field', async (_, change, field) => {
  const config = writeConfig(temporaryFolder(), change)
  const { output, code } = await refusal({ args: ['--config', config] })
  expect(code).toBe(78)
  expect(output).toContain(config)
  expect(output).toContain(field)
})

test('a configuration that is not JSON is named', async () => {
  const file = join(temporaryFolder(), 'overlay.json')
  writeFileSync(file, '{')
  expect((await refusal({ args: ['--config', file] })).output).toContain(file)
})

test.each([
  ['alice/peer.db', 'not a database at all, but long enough to be read as one'.repeat(20)],
  ['alice/proxy.db', ''],
  ['controller/controller.json', '{"schema": 1, "proxies"'],
  ['controller/controller.json', '{"schema": 1, "proxies": {}, "tables": 7, "credentials": {}}'],
])('a broken data file %s stops the start, is named, and is left as it was', async (file, content) => {
  const data = temporaryFolder()
  mkdirSync(join(data, file, '..'), { recursive: true })
  writeFileSync(join(data, file), content)
  const { output, code } = await refusal({ data, args: ['--only', 'alice'] })
  expect(code).toBe(78)
  expect(output).toContain(join(data, file))
  expect(readdirSync(join(data, file, '..')).filter(name => name.endsWith('.tmp'))).toEqual([])
})

test('a data folder with a build of something else is refused before anything in it is touched', async () => {
  const data = temporaryFolder()
  mkdirSync(join(data, 'build'))
  writeFileSync(join(data, 'build', 'index.html'), 'precious')
  const { output, code } = await refusal({ data })
  expect(code).toBe(78)
  expect(output).toContain(`${join(data, 'build')} is made anew each time`)
  expect(readdirSync(data, { recursive: true }).sort()).toEqual(['build', join('build', 'index.html')])
})

test('data of the version before is taken over without a question: its bundles replaced, all of it for this account alone', async () => {
  const data = temporaryFolder()
  for (const file of [
    'build/processes/proxy.mjs',
    'build/pages/assets/chat/chat-U7C6GCXO.css',
    'logs/proxy-alice.log',
  ]) {
    mkdirSync(join(data, file, '..'), { recursive: true, mode: 0o755 })
    writeFileSync(join(data, file), '', { mode: 0o644 })
  }
  await using overlay = await Overlay.start({ data, args: ['--only', 'alice', '--no-web'] })
  expect(overlay.output).toMatch(/other accounts could read or change what is in .*logs\/proxy-alice\.log/)
  const all = readdirSync(data, { recursive: true, encoding: 'utf8' })
  expect(all).toEqual(expect.arrayContaining([join('alice', 'peer.db-wal'), 'overlay.key', 'launcher.json']))
  expect(all.filter(file => (statSync(join(data, file)).mode & 0o077) !== 0)).toEqual([])
  expect(all).not.toContain(join('build', 'pages'))
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops everything within five seconds and leaves no process',
  async signal => {
    await using overlay = await Overlay.start({ args: ['--only', 'alice,bob'] })
    expect(overlay.processes().size).toBe(5)
    const began = Date.now()
    overlay.signal(signal)
    expect(await overlay.exited).toBe(0)
    expect(Date.now() - began).toBeLessThan(5_000)
    expect(overlay.processes().size).toBe(0)
    expect(overlay.output.indexOf('proxy bob   stopping')).toBeGreaterThan(
      overlay.output.indexOf('peer bob    stopping'),
    )
  },
)

test('processes whose launcher was killed outright stop by themselves', async () => {
  await using overlay = await Overlay.start({ args: ['--only', 'alice'] })
  overlay.signal('SIGKILL')
  await overlay.exited
  while (overlay.processes().size > 0) await new Promise(resolve => setTimeout(resolve, 20))
})

test('SIGTERM to npx itself, which does not pass it on, stops everything too', async () => {
  const data = temporaryFolder()
  const args = ['tsx', 'startup.ts', '--only', 'alice', '--data', data, '--port-base', String(await freeBase())]
  const npx = spawn('npx', args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  let output = ''
  npx.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  while (!output.includes('everything is ready')) await once(npx.stdout, 'data')
  const ended = once(npx.stdout, 'close')
  npx.kill('SIGTERM')
  await ended
  expect(output).toMatch(/stopped\s*$/)
})

test('two overlays do not share a data folder', async () => {
  await using overlay = await Overlay.start({ args: ['--only', 'alice'] })
  const second = await refusal({ data: overlay.data, args: ['--only', 'alice'] })
  expect(second).toMatchObject({ code: 78, output: expect.stringContaining('is running already') })
})
