import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StartError } from '../shared/process/start-error.ts'
import { linkTo, originOf } from './address.ts'
import { addressesOf } from './addresses.ts'
import { Config, loadConfig } from './config.ts'
import { defaultTable } from './default-table.ts'
import { findInstance } from './find-instance.ts'
import { portsFrom } from './ports.ts'

const standard = loadConfig(join(import.meta.dirname, 'overlay.json'))

/** The default configuration with addresses: of the controller, and of instances by their name. */
const withAddresses = (
  controller: string | undefined,
  given: Readonly<Record<string, { proxy?: string; peer?: string }>>,
) => ({
  ...standard,
  controller,
  instances: standard.instances.map(instance => ({ ...instance, ...given[instance.name] })),
})
const parsed = (...given: Parameters<typeof withAddresses>) => Config.parse(withAddresses(...given))
const issueOf = (...given: Parameters<typeof withAddresses>) => {
  const [issue] = Config.safeParse(withAddresses(...given)).error?.issues ?? []
  return [issue?.path.join('.'), issue?.message]
}

test('addresses of a configuration that names none are those of the port base', () => {
  const addresses = addressesOf(standard, portsFrom(6000))
  const alice = findInstance(standard, 'alice')
  expect([addresses.controller, addresses.demo, addresses.proxy(alice), addresses.peer(alice)].map(originOf)).toEqual([
    'http://127.0.0.1:9000',
    'http://127.0.0.1:10000',
    'http://127.0.0.1:11001',
    'http://127.0.0.1:6001',
  ])
})

test('addresses that a configuration names are used, and the port base moves the others only', () => {
  const config = parsed('127.0.0.2:8100', { alice: { proxy: '127.0.0.3:7001' }, bob: { peer: '127.0.0.1:05999' } })
  const addresses = addressesOf(config, portsFrom(6000))
  const [alice, bob] = [findInstance(config, 'alice'), findInstance(config, 'bob')]
  expect(addresses.controller).toEqual({ host: '127.0.0.2', port: 8100 })
  expect([alice, bob].map(addresses.proxy)).toEqual([
    { host: '127.0.0.3', port: 7001 },
    { host: '127.0.0.1', port: 11_002 },
  ])
  expect([alice, bob].map(addresses.peer)).toEqual([
    { host: '127.0.0.1', port: 6001 },
    { host: '127.0.0.1', port: 5999 },
  ])
  expect(defaultTable(config, bob, portsFrom(6000))['alice']).toEqual({ kind: 'peer', host: '127.0.0.3', port: 7001 })
})

test('link for a person says localhost only where that leads there', () => {
  expect(linkTo({ host: '127.0.0.1', port: 5001 })).toBe('http://localhost:5001')
  expect(linkTo({ host: '127.0.0.2', port: 5001 })).toBe('http://127.0.0.2:5001')
})

test.each<readonly [text: string, problem: string | undefined]>([
  ['127.0.0.1:5001', undefined],
  ['127.255.0.9:65535', undefined],
  ['127.0.0.1', 'must be HOST:PORT, such as 127.0.0.1:5001'],
  ['127.0.0.1:0', 'must be HOST:PORT'],
  ['127.0.0.1:65536', 'must be HOST:PORT'],
  ['[::1]:5001', 'must be HOST:PORT'],
  ['localhost:5001', 'must name its host by number: 127.0.0.1:5001'],
  ...['0.0.0.0:5001', '192.168.0.7:5001', '127.0.0.256:5001', '127.0.0.01:5001', '127.1:5001'].map(
    text => [text, 'is beyond this machine, which is refused as long as members cannot prove who they are'] as const,
  ),
  ...['example.com:80', '127.0.0.1.example.com:80'].map(text => [text, 'is beyond this machine'] as const),
])('address %s of a configuration is judged: %s', (text, problem) => {
  expect(issueOf(text, {})).toEqual(
    problem === undefined ? [undefined, undefined] : ['controller', expect.stringContaining(problem)],
  )
  expect(issueOf(undefined, { alice: { proxy: text } })[0]).toBe(problem && 'instances.1.proxy')
})

test.each<[string, Parameters<typeof withAddresses>, string, string]>([
  [
    'two instances',
    [undefined, { alice: { peer: '127.0.0.1:7001' }, bob: { proxy: '127.0.0.1:07001' } }],
    'instances.2.proxy',
    '127.0.0.1:7001 is the address of instances.alice.peer already',
  ],
  [
    'an instance and the controller',
    ['127.0.0.2:8000', { BOT: { peer: '127.0.0.2:8000' } }],
    'instances.3.peer',
    '127.0.0.2:8000 is the address of controller already',
  ],
  [
    'proxy and peer of one',
    [undefined, { alice: { peer: '127.0.0.1:7001', proxy: '127.0.0.1:7001' } }],
    'instances.1.peer',
    '127.0.0.1:7001 is the address of instances.alice.proxy already',
  ],
])('one address for %s is refused, naming both fields', (_, given, field, message) => {
  expect(issueOf(...given)).toEqual([field, expect.stringContaining(message)])
})

test('one port on two hosts is two addresses', () => {
  expect(issueOf('127.0.0.2:8000', { alice: { proxy: '127.0.0.3:8000', peer: '127.0.0.4:8000' } })[1]).toBe(undefined)
})

test('address where another process listens by its number is refused, and is free under another port base', () => {
  const config = parsed(undefined, { alice: { peer: '127.0.0.1:5002' } })
  expect(() => addressesOf(config, portsFrom(5000))).toThrow(StartError)
  expect(() => addressesOf(config, portsFrom(5000))).toThrow(
    'instances.alice.peer is 127.0.0.1:5002, where the peer bob listens by its number and --port-base',
  )
  expect(() => addressesOf(config, portsFrom(6000))).not.toThrow()
  const other = parsed('127.0.0.1:10004', {})
  expect(() => addressesOf(other, portsFrom(5000))).toThrow('controller is 127.0.0.1:10004, where the proxy of thermo')
})
