import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StartError } from '../shared/process/start-error.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Config, loadConfig } from './config.ts'
import { defaultTable } from './default-table.ts'
import { withDemo } from './demo.ts'
import { findInstance } from './find-instance.ts'
import { jsonProblem } from './json-problem.ts'
import { portsFrom } from './ports.ts'

const FILE = join(import.meta.dirname, 'overlay.json')
type Json = { [key: string]: Json } & { instances: Json[] }

/** The default configuration with one change, as a file. */
function changed(change: (config: Json) => void): string {
  const config: Json = JSON.parse(readFileSync(FILE, 'utf8'))
  change(config)
  const file = join(scratchFolder(), 'overlay.json')
  writeFileSync(file, JSON.stringify(config))
  return file
}

test('an assistant may have a credential of its own, which no other table names', () => {
  const config = loadConfig(changed(given => Object.assign(given.instances[3] ?? {}, { credential: 'openai-bot' })))
  const credentials = (name: string) =>
    Object.values(defaultTable(config, findInstance(config, name), portsFrom(8000))).flatMap(route =>
      route.kind === 'peer' ? [] : [route.credential],
    )
  expect(credentials('BOT')).toEqual(['openai-bot'])
  expect(credentials('alice')).not.toContain('openai-bot')
})

test('an assistant reaches its route and the routes that answer in its place, which are followed no further', () => {
  const config = loadConfig(
    changed(given => {
      const [gpt, anthropic] = [given['routes']?.['GPT'], given['routes']?.['ANTHROPIC']]
      Object.assign(gpt ?? {}, { fallback: ['anthropic'] })
      Object.assign(anthropic ?? {}, { fallback: ['MISTRAL'] })
    }),
  )
  const table = defaultTable(config, findInstance(config, 'BOT'), portsFrom(8000))
  expect(Object.entries(table).flatMap(([name, { kind }]) => (kind === 'peer' ? [] : [name]))).toEqual([
    'GPT',
    'ANTHROPIC',
  ])
  expect(table['ANTHROPIC']).not.toHaveProperty('fallback')
})

test('default configuration is valid, and names five instances', () => {
  expect(loadConfig(FILE).instances.map(({ name, kind }) => [name, kind])).toEqual([
    ['behrooz', 'person'],
    ['alice', 'person'],
    ['bob', 'person'],
    ['BOT', 'assistant'],
    ['thermometer1', 'service'],
  ])
})

test.each<[string, (config: Json) => void, string]>([
  [
    'a fallback that is no route',
    config => Object.assign(config['routes']?.['GPT'] ?? {}, { fallback: ['GTP'] }),
    'routes.GPT.fallback names "GTP", which is no other AI route of the table',
  ],
  [
    'a person who answers through an AI that there is not',
    config =>
      Object.assign(config, { routes: {}, instances: [{ kind: 'person', name: 'alice', n: 0, mode: 'assistant' }] }),
    'instances.alice.mode assistant needs an AI: there is none among the routes',
  ],
  [
    'a name twice but for its case',
    config => Object.assign(config.instances[1] ?? {}, { name: 'BEHROOZ' }),
    'instances.BEHROOZ.name "BEHROOZ" is taken',
  ],
  [
    'the name of a route',
    config => Object.assign(config.instances[1] ?? {}, { name: 'gpt' }),
    'instances.gpt.name "gpt" is taken by the route "GPT"',
  ],
  [
    'the name of a folder of its own',
    config => Object.assign(config.instances[1] ?? {}, { name: 'Logs' }),
    'instances.Logs.name "Logs" is taken by the overlay itself',
  ],
  [
    'the name of the folder in which a restore lays out its copies',
    config => Object.assign(config.instances[1] ?? {}, { name: 'Restore-Staged' }),
    'instances.Restore-Staged.name "Restore-Staged" is taken by the overlay itself',
  ],
  [
    'ports twice',
    config => Object.assign(config.instances[1] ?? {}, { n: 0 }),
    'instances.alice.n 0 is taken by "behrooz"',
  ],
  [
    'a route that is none',
    config => Object.assign(config.instances[3] ?? {}, { route: 'GPT5' }),
    'instances.BOT.route "GPT5" is none of the routes: GPT, ANTHROPIC, GEMINI, MISTRAL',
  ],
  [
    'a personality that is none',
    config => Object.assign(config.instances[3] ?? {}, { personality: 'sad' }),
    'instances.BOT.personality "sad" is none of the personalities: happy, angry, spanish',
  ],
  [
    'a personality of two words',
    config => Object.assign(config['personalities'] ?? {}, { 'very sad': 'Be sad.' }),
    'personalities.very sad must be one word',
  ],
  [
    'a personality named none',
    config => Object.assign(config['personalities'] ?? {}, { None: 'Be.' }),
    'personalities.None stands for no personality',
  ],
  [
    'a personality twice',
    config => Object.assign(config['personalities'] ?? {}, { HAPPY: 'Be.' }),
    'personalities.HAPPY is "happy" once more',
  ],
  ['an unknown field', config => Object.assign(config, { colour: 'red' }), 'colour'],
  ['no replies', config => Object.assign(config, { cannedReplies: [] }), 'cannedReplies'],
])('configuration with %s stops the start with the file and the field', (_, change, sentence) => {
  const file = changed(change)
  expect(() => loadConfig(file)).toThrow(StartError)
  expect(() => loadConfig(file)).toThrow(`Cannot use configuration ${file}: `)
  expect(() => loadConfig(file)).toThrow(sentence)
})

test('configuration that is missing or no JSON stops the start', () => {
  expect(() => loadConfig(join(scratchFolder(), 'none.json'))).toThrow(/none\.json: there is no such file/)
  const file = join(scratchFolder(), 'overlay.json')
  writeFileSync(file, '{\n  "routes": {}\n  "instances": []\n}')
  expect(() => loadConfig(file)).toThrow(
    `${file}: it is not JSON: line 3, column 3: a comma is missing, or the end of the list or object.`,
  )
})

test.each([
  ['{', 'line 1, column 2: a } is missing'],
  ['', 'line 1, column 1: a value is missing'],
  ['{\r\n"a": 1,\r\n}', 'line 3, column 1: a name in double quotes is missing, or the comma before is one too many'],
  ['{"a": [1, 2}', 'line 1, column 12: a comma is missing, or the end of the list or object'],
  ['{"a": "x\ny"}', 'line 1, column 7: a text has no closing quote on its line'],
  ["{'a': 1}", 'line 1, column 2: this is no value, and no name in double quotes'],
  ['{} // done', 'line 1, column 4: JSON has no comments'],
  ['{}\n{}', 'line 2, column 1: there is more after the end'],
])('place and reason of broken JSON %j are told', (text, told) => {
  expect(jsonProblem(text)).toContain(told)
})

test('all that is wrong with a configuration is told at once, by the names of its instances', () => {
  const file = changed(config => {
    const [behrooz, alice, , bot] = config.instances
    Object.assign(behrooz ?? {}, { mode: 'loud' })
    Object.assign(alice ?? {}, { peer: '127.0.0.1:7000', proxy: '127.0.0.1:7000' })
    Object.assign(bot ?? {}, { route: 'GPT5', personality: 'sad' })
    Object.assign(config, { cannedReplies: [], colour: 'red' })
    Object.assign(config.instances, { 5: { kind: 'person' } })
  })
  const told = `Cannot use configuration ${file}: 8 things are wrong.
  instances.behrooz.mode must be one of "manual", "canned", "away", "assistant"
  instances.(number 6 of the list).name is missing
  instances.(number 6 of the list).n is missing
  cannedReplies must have at least 1 entries
  it must not have the field "colour"
  instances.BOT.route "GPT5" is none of the routes: GPT, ANTHROPIC, GEMINI, MISTRAL
  instances.BOT.personality "sad" is none of the personalities: happy, angry, spanish
  instances.alice.peer 127.0.0.1:7000 is the address of instances.alice.proxy already; each process needs one of its own
config/overlay.schema.json describes all fields.`
  expect(() => loadConfig(file)).toThrow(told)
})

test('configuration with a byte order mark is read, and one that is not UTF-8 is refused with its place', () => {
  const file = changed(config => config)
  const text = readFileSync(file, 'utf8').replace('{', '{\r\n')
  writeFileSync(file, `\uFEFF${text}`)
  expect(loadConfig(file)).toEqual(loadConfig(FILE))
  writeFileSync(file, Buffer.from(`{\r\n"cannedReplies": ["caf\xe9"]}`, 'latin1'))
  expect(() => loadConfig(file)).toThrow(
    `Cannot use configuration ${file}: it is not UTF-8: the byte 0xE9 in line 2, column 23`,
  )
  writeFileSync(file, Buffer.from(text, 'utf16le'))
  expect(() => loadConfig(file)).toThrow(`Cannot use configuration ${file}: it is UTF-16, not UTF-8. Save it as UTF-8.`)
})

test('ports move together with their base', () => {
  const ports = portsFrom(5000)
  expect([ports.peer(3), ports.controller, ports.demo, ports.proxy(4)]).toEqual([5003, 8000, 9000, 10_004])
  const moved = portsFrom(20_000)
  expect([moved.peer(3), moved.controller, moved.demo, moved.proxy(4)]).toEqual([20_003, 23_000, 24_000, 25_004])
})

test('instance is found by its name in any case, and an unknown one names the known', () => {
  const config = loadConfig(FILE)
  expect(findInstance(config, 'bot').name).toBe('BOT')
  expect(() => findInstance(config, 'joe')).toThrow('Known: behrooz, alice, bob, BOT, thermometer1.')
})

test('default table of everyone has everybody else, and of a demonstration every AI at the demonstration provider', () => {
  const ports = portsFrom(5000)
  const config = withDemo(loadConfig(FILE), ports)
  for (const owner of config.instances) {
    const table = defaultTable(config, owner, ports)
    const peers = Object.entries(table).filter(([, route]) => route.kind === 'peer')
    expect(peers.map(([name]) => name)).toEqual(
      config.instances.filter(instance => instance !== owner).map(({ name }) => name),
    )
    for (const route of Object.values(table))
      if (route.kind !== 'peer')
        expect([route.demo, new URL(route.baseUrl).origin]).toEqual([true, 'http://127.0.0.1:9000'])
  }
})

test('configuration whose assistant names a route that only every object has is refused', () => {
  const config = loadConfig(FILE)
  const instances = config.instances.map(instance =>
    instance.kind === 'assistant' ? { ...instance, route: 'constructor' } : instance,
  )
  expect(Config.safeParse({ ...config, instances }).success).toBe(false)
})

const withLocal = (baseUrl: string, more = {}) =>
  changed(config => Object.assign(config['routes'] ?? {}, { LOCAL: { kind: 'openai', baseUrl, model: 'm', ...more } }))

test.each([
  ['http://localhost:11434/v1', true],
  ['http://192.168.1.20:1234/v1', true],
  ['http://ollama:11434/v1', true],
  ['http://gateway.example/v1', true],
  ['https://llm.internal/v1', true],
  ['https://api.example.com/v1?api-version=1', undefined],
  ['https://api.openai.com/v1', undefined],
])('a route that a configuration names is meant, wherever it leads: %s', (baseUrl, privateNetwork) => {
  expect(loadConfig(withLocal(baseUrl)).routes['LOCAL']?.privateNetwork).toBe(privateNetwork)
})

test.each([
  ['https://joe:secret@api.example.com/v1', {}, 'no user name'],
  ['https://api.example.com/v1#part', {}, 'no "#"'],
  ['http://localhost:11434/v1', { privateNetwork: false }, 'leads to this machine'],
])('a configuration with a route to %s is refused with its field', (baseUrl, more, words) => {
  expect(() => loadConfig(withLocal(baseUrl, more))).toThrow(`routes.LOCAL.baseUrl`)
  expect(() => loadConfig(withLocal(baseUrl, more))).toThrow(words)
})
