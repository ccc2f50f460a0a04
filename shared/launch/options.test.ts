import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addressesOf } from '../../config/addresses.ts'
import { loadConfig } from '../../config/config.ts'
import { portsFrom } from '../../config/ports.ts'
import { freePort, scratchFolder } from '../../test/harness/scratch.ts'
import { StartError } from '../process/start-error.ts'
import { renderTable } from './console.ts'
import { requireFreePorts } from './free-ports.ts'
import { lockData } from './lock.ts'
import { readOptions } from './options.ts'
import { chosenInstances, planPorts } from './overlay.ts'

const config = loadConfig(join(import.meta.dirname, '..', '..', 'config', 'overlay.json'))

const chosen = (args: string[]) => chosenInstances(config, readOptions(args, '/root'))

test('options have their defaults, and a demonstration data of its own', () => {
  expect(readOptions([], '/root')).toEqual({
    command: 'start',
    operand: undefined,
    flags: '',
    help: false,
    demo: false,
    only: undefined,
    web: true,
    thermometer: true,
    assistants: true,
    json: false,
    into: undefined,
    portBase: 5000,
    data: '/root/data',
    config: '/root/config/overlay.json',
  })
  expect(readOptions(['--demo', '--only', 'alice, bob,', '--port-base', '20000'], '/root')).toMatchObject({
    demo: true,
    flags: " --demo --only 'alice, bob,' --port-base 20000",
    only: ['alice', 'bob'],
    portBase: 20_000,
    data: '/root/data/demo',
  })
})

test('options name a command and its folder, a backup needs none', () => {
  expect(readOptions(['backup'], '/root')).toMatchObject({ command: 'backup', operand: undefined, data: '/root/data' })
  expect(readOptions(['restore', '/b', '--data', '/d'], '/root')).toMatchObject({
    command: 'restore',
    operand: '/b',
    data: '/d',
  })
})

test.each([
  ['--port-base', '80'],
  ['--port-base', '59001'],
  ['--port-base', '5000.5'],
  ['--port-base', 'x'],
  ['--colour'],
  ['alice'],
  ['start', 'alice'],
  ['restore'],
  ['restore', 'one', 'two'],
  ['backup', 'one', 'two'],
  ['add'],
  ['status', 'alice'],
  ['import'],
])('options %s %s are refused', (...args) => {
  expect(() => readOptions(args, '/root')).toThrow(StartError)
})

test.each([
  [['--hepl'], 'there is no option --hepl. Did you mean --help? Known: --demo, '],
  [['--prot-base', '6000'], 'there is no option --prot-base. Did you mean --port-base? Known'],
  [['--dat', '/d'], 'there is no option --dat. Did you mean --data? Known'],
  [['--thermometer'], 'there is no option --thermometer. Did you mean --no-thermometer? Known'],
  [['statsu'], 'there is no command "statsu". Did you mean status? Known'],
  [['--verbose'], 'there is no option --verbose. Known'],
  [['-x'], 'there is no option -x. Known'],
  [['--only'], '--only needs a value after it. --help'],
  [['--data', '--demo'], '--data needs a value after it. --help'],
  [['--demo=yes'], '--demo takes no value. --help'],
  [['--help=yes'], '--help takes no value. --help'],
  [['stop', 'alice'], 'stop takes nothing after it, not "alice".'],
  [['add', 'carol', 'dora'], 'add takes a name after it, not also "dora".'],
])('options %j are refused in words', (args, words) => {
  expect(() => readOptions(args, '/root')).toThrow(words)
})

test('plan has a port of its own for each process, and a service has no page', () => {
  const plan = planPorts(config.instances, { addresses: addressesOf(config, portsFrom(5000)), demo: true })
  expect(new Set(plan.map(({ port }) => port)).size).toBe(plan.length)
  expect(plan).toHaveLength(2 + 5 + 4)
  expect(plan.some(({ process }) => process.includes('peer thermometer1'))).toBe(false)
})

test('plan of a part has what it starts, and nothing of the others', () => {
  const alice = config.instances.filter(({ name }) => name === 'alice')
  const thermometer = config.instances.filter(({ kind }) => kind === 'service')
  const plan = (instances: typeof alice, only: 'controller' | 'proxy' | 'peer') =>
    planPorts(instances, { addresses: addressesOf(config, portsFrom(5000)), demo: true, only }).map(
      ({ process }) => process,
    )
  expect(plan(alice, 'proxy')).toEqual(['the proxy of alice'])
  expect(plan(alice, 'peer')).toEqual(['the peer alice'])
  expect(plan(thermometer, 'peer')).toEqual([])
  expect(plan([], 'controller')).toEqual(['the demonstration provider', 'the controller'])
})

test('start is refused with the process whose port is taken', async () => {
  const port = await freePort()
  await requireFreePorts([{ process: 'a test', host: '127.0.0.1', port }])
  const server = createServer()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  await expect(requireFreePorts([{ process: 'a test', host: '127.0.0.1', port }])).rejects.toThrow(
    `Cannot start a test: port ${port} is in use`,
  )
})

test('data folder is locked while its launcher lives, and free after it is gone', () => {
  const data = join(scratchFolder(), 'data')
  const lock = lockData(data)
  lock[Symbol.dispose]()
  const launcher = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'startup.ts'])
  onTestFinished(() => void launcher.kill('SIGKILL'))
  writeFileSync(join(data, 'overlay.pid'), String(launcher.pid))
  expect(() => lockData(data)).toThrow(`(process ${launcher.pid})`)
  writeFileSync(join(data, 'overlay.pid'), String(process.ppid))
  lockData(data)[Symbol.dispose]()
  writeFileSync(join(data, 'overlay.pid'), '4194304')
  lockData(data)[Symbol.dispose]()
})

test('table for people has columns as wide as their widest cell', () => {
  expect(
    renderTable([
      ['NAME', 'PORT'],
      ['behrooz', '1'],
      ['x', '10000'],
    ]),
  ).toBe('NAME     PORT\nbehrooz  1\nx        10000')
})

test('only the instances that were asked for are started, each once', () => {
  expect(chosen([])).toHaveLength(5)
  expect(chosen(['--only', 'BOB']).map(({ name }) => name)).toEqual(['bob'])
  expect(() => chosen(['--only', 'joe'])).toThrow(StartError)
})

test('instance that was asked for twice is started once', () => {
  expect(chosen(['--no-thermometer', '--no-openai']).map(({ name }) => name)).toEqual(['behrooz', 'alice', 'bob'])
  expect(chosen(['--only', 'alice,Alice'])).toHaveLength(1)
})

test('flags of a proposed command can be pasted into a shell, whatever their values hold', () => {
  expect(readOptions(['--data', '/a b/$c', "--config=it's.json"], '/root').flags).toBe(
    " --data '/a b/$c' --config 'it'\\''s.json'",
  )
})
