/** The terminal client as a person sees it: under a real pseudo-terminal, over a real overlay. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Overlay, persons, writeConfig } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { clientCommand, KEYS, PseudoTerminal, type TerminalOptions } from '../harness/terminal.ts'

const PROMPT = 'alice> '

let folder: string
let overlay: Overlay
let bob: PeerClient
let ofAlice: PeerClient

const asAlice = (options: TerminalOptions = {}) =>
  PseudoTerminal.open(clientCommand('alice', overlay.base, ['--config', join(folder, 'overlay.json')]), {
    env: { NO_COLOR: '1' },
    ...options,
  })
/** A terminal of alice's that has begun. */
const begun = async (options: TerminalOptions = {}) => {
  const terminal = asAlice(options)
  await terminal.shows(({ text, cursorLine }) => text.includes('you are alice') && cursorLine.startsWith(PROMPT.trim()))
  return terminal
}
const timesShown = ({ text }: PseudoTerminal, words: string) => text.split(words).length - 1

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'overlay-terminal-'))
  const config = writeConfig(folder, persons('alice', 'bob', 'joe'))
  // joe is in the tables, and nobody is there.
  overlay = await Overlay.start({ args: ['--demo', '--config', config, '--only', 'alice,bob'] })
  bob = await PeerClient.connect(overlay.peer(1))
  ofAlice = await PeerClient.connect(overlay.peer(0))
  await Promise.all([ofAlice.sees('bob', { online: true }), bob.sees('alice', { online: true })])
})
// What is still written, or unread, would be seen by the next terminal.
afterEach(() => ofAlice.comesToRest())
afterAll(async () => {
  bob[Symbol.dispose]()
  ofAlice[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('the client greets, shows what was not yet seen once, oldest first, and leaves with exit code 0', async () => {
  const [first, second] = [await bob.send('alice', 'before you came'), await bob.send('alice', 'and a second one')]
  await Promise.all([first, second].map(id => bob.state(id, 'received')))
  await using terminal = await begun()
  await terminal.shows(
    /\[Stored\] \[\d\d:\d\d\]\[bob\] before you came\n\[Stored\] \[\d\d:\d\d\]\[bob\] and a second one\n/,
  )
  await bob.state(second, 'read')
  expect(terminal.lines[0]).toBe('Overlay Chat: you are alice. NAME: text sends, !help lists the rest.')
  terminal.type(`!check${KEYS.enter}`)
  await terminal.shows(/alice> !check\nNothing new\.\nalice>/)
  terminal.type(`exit${KEYS.enter}`)
  expect(await terminal.exited).toBe(0)
  expect(terminal.raw).not.toContain('\x1b[3')
})

test('a message is sent, and one that comes while a line is being typed leaves that line and its cursor as they are', async () => {
  await using terminal = await begun()
  terminal.type(`BOB: hello: it is me${KEYS.enter}`)
  expect(await bob.message(({ message }) => message === 'hello: it is me')).toMatchObject({ sender: 'alice' })
  terminal.type(`bob: half a li${KEYS.left}${KEYS.left}`)
  await terminal.shows(/alice> bob: half a li$/)
  const id = await bob.send('alice', 'a line\nof two rows')
  await terminal.shows(/\[\d\d:\d\d\]\[bob\] a line\n {2}of two rows\nalice> bob: half a li$/)
  expect(terminal.cursor.column).toBe('alice> bob: half a '.length)
  terminal.type(`ne${KEYS.enter}`)
  expect(await bob.message(({ message }) => message === 'half a neli')).toBeDefined()
  await bob.state(id, 'read')
})

test('a typed line that is wrapped over several rows, with wide characters, stays whole under what comes', async () => {
  await using terminal = await begun({ columns: 40, rows: 12 })
  const typed = `bob: ${'漢字 and words '.repeat(6)}end`
  terminal.type(typed)
  await terminal.shows(({ lines }) =>
    lines.some(line => line.replace(/\s/g, '') === (PROMPT + typed).replace(/\s/g, '')),
  )
  for (let n = 1; n <= 15; n += 1) await bob.send('alice', `flood ${n}`)
  await terminal.shows(/flood 15/)
  for (let n = 1; n <= 15; n += 1) expect(timesShown(terminal, `flood ${n}\n`)).toBe(1)
  expect(timesShown(terminal, '漢')).toBe(6)
  expect(timesShown(terminal, 'words end')).toBe(1)
  expect(timesShown(terminal, `${PROMPT}bob:`)).toBe(1)
  // At the beginning of the line readline draws it anew.
  terminal.type(`${KEYS.home}xy`)
  await terminal.shows(/alice> xybob: /)
  expect(timesShown(terminal, PROMPT)).toBe(1)
  terminal.type('\x7f\x7f')
  terminal.type(KEYS.enter)
  expect((await bob.message(({ message }) => message.endsWith('end'))).message).toBe(typed.slice(5))
})

test('a window that is resized keeps the typed line, and what came, once', async () => {
  await using terminal = await begun({ columns: 60, rows: 12 })
  terminal.type('bob: I write and')
  await terminal.shows(/alice> bob: I write and$/)
  terminal.resize(100, 20)
  await bob.send('alice', 'in the wide window')
  await terminal.shows(/\[bob\] in the wide window\nalice> bob: I write and$/)
  terminal.resize(30, 10)
  await bob.send('alice', 'in the narrow one')
  await terminal.shows(({ text }) => text.includes('in the narrow one') && text.endsWith('alice> bob: I write and'))
  expect(terminal.lines.filter(line => line.includes('in the wide window'))).toHaveLength(1)
  expect(timesShown(terminal, PROMPT)).toBe(1)
})

test('an answer of an AI grows above the typed line, is shown once, and Ctrl+C keeps what has come', async () => {
  await using terminal = await begun()
  terminal.type(`GPT: [[pieces 12 at 150]] short${KEYS.enter}`)
  terminal.type('bob: I go on')
  await terminal.shows(/\[GPT\] \(AI, demonstration\) word1 word2 (?:(?!word12)[^$])*alice> bob: I go on$/)
  await terminal.shows(/word11 word12\s*\nalice> bob: I go on$/)
  expect(timesShown(terminal, 'word1 word2')).toBe(1)
  expect(terminal.text).not.toContain('is asked')
  terminal.type(`${KEYS.enter}GPT: [[pieces 400 at 50]] long${KEYS.enter}`)
  await terminal.shows(({ text }) => text.split('word3').length > 3)
  terminal.type(KEYS.ctrlC)
  await terminal.shows(/\n {2}\(Stopped\.\)\nalice>$/)
  const stopped = (await ofAlice.history('GPT')).findLast(({ sender }) => sender === 'GPT')
  expect(stopped).toMatchObject({ metadata: { ending: 'cancelled' } })
  const shown = terminal.lines.slice(
    terminal.lines.findLastIndex(line => line.includes('word1 ')),
    -2,
  )
  const words = (text: string) => text.split(/\s+/).filter(word => word !== '')
  expect(words(shown.join(' ').replace(/^.*?\) /, ''))).toEqual(words(stopped?.message ?? ''))
})

test('an answer taller than the window scrolls away row by row, and stands there whole and once', async () => {
  await using terminal = await begun({ columns: 40, rows: 8 })
  terminal.type(`ANTHROPIC: [[pieces 150 at 5]]${KEYS.enter}`)
  await terminal.shows(/word149 word150/)
  await terminal.shows(({ cursorLine }) => cursorLine === PROMPT.trim())
  const found = [...terminal.lines.join(' ').matchAll(/word(\d+)\b/g)].map(([, n]) => Number(n))
  expect(found).toEqual(Array.from({ length: 150 }, (_, n) => n + 1))
})

test('Ctrl+C takes back a question of which nothing has come, and says so', async () => {
  await using terminal = await begun()
  terminal.type(`GPT: [[first 60000]] patience${KEYS.enter}`)
  await terminal.shows(/\nGPT is asked … Ctrl\+C stops it\.\nalice>$/)
  terminal.type(KEYS.ctrlC)
  await terminal.shows(/patience\nGPT is not asked any more: \[\[first 60000\]\] patience\nalice>$/)
})

test('an answer that a proxy left unfinished says once what became of it', async () => {
  await using terminal = await begun()
  terminal.type(`GPT: [[pieces 400 at 50]] long${KEYS.enter}`)
  await terminal.shows(/word3/)
  overlay.kill('proxy alice')
  await terminal.shows(/\n!retry GPT asks once more\.\n/)
  expect(timesShown(terminal, 'The outcome is unknown')).toBe(1)
  await terminal.shows(/Your own proxy is reachable again\.\n/)
  await Promise.all([ofAlice.sees('bob', { online: true }), bob.sees('alice', { online: true })])
})

test('two answers at once are kept apart', async () => {
  await using terminal = await begun()
  terminal.type(`GPT: [[pieces 30 at 20]] one${KEYS.enter}GEMINI: [[pieces 60 at 20]] two${KEYS.enter}`)
  await terminal.shows(/word59 word60\s*\nalice>$/)
  // Each stretch begins with whose it is; the one that grew may go on behind the other: `[GPT …]`.
  const [, ...parts] = terminal.lines.join(' ').split(/\[\d\d:\d\d\]\[(GPT|GEMINI)(?: …)?\]/)
  const words = { GPT: '', GEMINI: '' }
  parts.forEach((name, index) => {
    if (name === 'GPT' || name === 'GEMINI') words[name] += parts[index + 1]
  })
  const numbers = (text: string) => [...text.matchAll(/word(\d+)\b/g)].map(([, n]) => Number(n))
  const upTo = (length: number) => Array.from({ length }, (_, n) => n + 1)
  expect([numbers(words.GPT), numbers(words.GEMINI)]).toEqual([upTo(30), upTo(60)])
})

test('whoever is away gets the message later, which is said; nobody of a name is said with the names there are', async () => {
  await using terminal = await begun()
  terminal.type(`joe: are you there?${KEYS.enter}`)
  await terminal.shows(/alice> joe: are you there\?\n(?:.*\n)*User 'joe' is offline\. Message saved\.\nalice>/)
  terminal.type(`zoe: hello${KEYS.enter}`)
  await terminal.shows(/Cannot find "zoe": no peer has that name\. Known: bob, joe, GPT/)
  terminal.type(`hello${KEYS.enter}`)
  await terminal.shows(/Cannot tell whom this is for: .* Write NAME: text/)
  terminal.type(`!peers${KEYS.enter}`)
  await terminal.shows(/\nbob +person +online\njoe +person +offline\n/)
})

test('Tab completes names and commands, ↑ brings back what was sent before the client was started', async () => {
  await ofAlice.send('bob', 'sent from a page')
  await using terminal = await begun()
  terminal.type(KEYS.up)
  await terminal.shows(/alice> bob: sent from a page$/)
  terminal.type(`${KEYS.ctrlC}B${KEYS.tab}`)
  await terminal.shows(/alice> bob:$/)
  terminal.type(`${KEYS.ctrlC}!hi${KEYS.tab} b${KEYS.tab}`)
  await terminal.shows(/alice> !history bob$/)
  terminal.type(KEYS.enter)
  await terminal.shows(/\[\d\d:\d\d\]\[alice → bob\] sent from a page\nalice>/)
  terminal.type(`${KEYS.ctrlC}G${KEYS.tab}`)
  await terminal.shows(/\nGPT: {2}GEMINI:\nalice> G$/)
})

test('what a message says to the terminal is shown and not obeyed', async () => {
  await using terminal = await begun({ env: {} })
  await bob.send('alice', 'see: \x1b[2J\x1b[31mred\x1b]0;owned\x07 \u009b31m \rover \u202eright')
  await terminal.shows(/see: \\u001b\[2J\\u001b\[31mred\\u001b\]0;owned\\u0007 \\u009b31m \\rover \\u202eright/)
  expect(terminal.text).toContain('you are alice')
  for (const obeyed of ['\x1b[2J', '\x1b[31mred', '\x1b]0;', '\u009b', '\u202e'])
    expect(terminal.raw).not.toContain(obeyed)
})

test('a peer that dies and comes back is said to, and what came meanwhile is shown once', async () => {
  await using terminal = await begun()
  terminal.type(`GPT: [[first 300]] [[pieces 5 at 5]]${KEYS.enter}`)
  await terminal.shows(/GPT is asked/)
  overlay.kill('peer alice')
  await terminal.shows(/The connection to alice's peer is lost; it is tried again by itself\.\n/)
  const id = await bob.send('alice', 'while you were away')
  await terminal.shows(/Connected again\./)
  await terminal.shows(/\[bob\] while you were away\n/)
  await bob.send('alice', 'and afterwards')
  await terminal.shows(/\[bob\] and afterwards\n/)
  await bob.state(id, 'read')
  await terminal.shows(({ text }) => text.includes('word5') && !text.includes('GPT is asked'))
  for (const words of ['while you were away', '[GPT]', 'is lost']) expect(timesShown(terminal, words)).toBe(1)
})

test('Ctrl+C clears the typed line, then says how to leave, then leaves with exit code 0; so does Ctrl+D at once', async () => {
  await using terminal = await begun()
  terminal.type('bob: never sent')
  await terminal.shows(/never sent$/)
  terminal.type(KEYS.ctrlC)
  await terminal.shows(({ text }) => !text.includes('never sent'))
  terminal.type(KEYS.ctrlC)
  await terminal.shows(/Ctrl\+C once more leaves; so do exit and Ctrl\+D\.\nalice>/)
  terminal.type(KEYS.ctrlC)
  expect(await terminal.exited).toBe(0)
  await using other = await begun()
  other.type(KEYS.ctrlD)
  expect(await other.exited).toBe(0)
})

test('a terminal that cannot move its cursor gets lines and no codes', async () => {
  await using terminal = asAlice({ env: { TERM: 'dumb' } })
  await terminal.shows(/you are alice/)
  terminal.type('GPT: [[pieces 5 at 10]]\n')
  await terminal.shows(/\[GPT\] \(AI, demonstration\) word1 word2 word3 word4 word5/)
  await bob.send('alice', 'hello dumb one')
  await terminal.shows(/\n\[\d\d:\d\d\]\[bob\] hello dumb one/)
  terminal.type('exit\n')
  expect(await terminal.exited).toBe(0)
  expect(terminal.raw).not.toContain('\x1b')
})
