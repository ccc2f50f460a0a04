/** Texts that are costly to draw, in Chromium: from a person as long as a message may be, from an AI as long as an answer may be. */
import { expect, test } from 'vitest'
import { ANSWER_BYTES, MESSAGE_BYTES } from '../../shared/protocol/message-length.ts'
import { Browser } from '../harness/browser.ts'
import { Overlay } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { SpeakingUpstream, say } from './speaking-upstream.ts'
import { isFull, report } from './table.ts'
import { addRoutes, OURS } from './tables.ts'

const fill = (piece: string, bytes: number): string => piece.repeat(Math.floor(bytes / Buffer.byteLength(piece)))
const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``

const PIECES = [
  ...[
    'http://a.example/b ',
    '[a](http://x.example) ',
    'www.a.example,',
    'a@b.example ',
    '![a](http://x.example/i.png) ',
  ],
  ...['`a` ', '**a** ', '__a_ ', '~~a~~ ', '\\*', '&amp;', '<b>', '[', '`', '>', '|a'],
  ...['a\n', 'a\n\n', '- a\n', '# a\n', '---\n', '[a]: http://x.example\n', '\n', ' '],
  ...['👍🏽', 'שלום ', 'a\u0301\u0302\u0303', '\u202ea', '会', 'x'],
]
const CODE = [
  ['js', 'const a = `b` /* x */ + "y"\n'],
  ['html', '<a b="c">'],
  ['xml', '<'],
  ['markdown', '*_a'],
] as const
const pieces = (text: string): string[] => text.match(/.{1,20000}/gsu) ?? []
const PROSE = 'Some **words** of an answer, with a [link](https://example.org/a) and `code`.\n\n- one\n- two\n\n'

/** With a letter in front, so that none of them is empty. */
const texts = (bytes: number): string[] => [
  ...PIECES.map(piece => `a${fill(piece, bytes - 100)}`),
  ...CODE.map(([language, piece]) => fenced(language, fill(piece, bytes - 100))),
  `|a|b|\n|-|-|\n${fill('|a|b|\n', bytes - 100)}`,
  fill(PROSE, bytes),
]

/** What is promised, in milliseconds: an ordinary text of 64 KiB took one second on two slow cores, most of it layout. */
const MOST_MS = 2_000

type Held = { readonly text: string; readonly ms: number }
const longest = (all: readonly Held[]): Held => all.reduce((most, one) => (one.ms > most.ms ? one : most))
const inWords = ({ text, ms }: Held): string => `${ms.toFixed(0)} ms with ${JSON.stringify(text.slice(0, 16))}`

test.runIf(isFull)('texts that are costly to draw hold the page up for a moment only', async () => {
  await using overlay = await Overlay.start({ args: ['--demo', '--only', 'alice,bob'] })
  const fromBob = texts(MESSAGE_BYTES)
  const fromAi = texts(ANSWER_BYTES).filter((_, index) => index % 3 === 0)
  let answer = ''
  await using upstream = await SpeakingUpstream.open(({ kind }, response) => say(kind, pieces(answer), response))
  const owner = { controller: overlay.controller, peer: overlay.peer(1), name: 'alice' }
  await addRoutes(owner, { H1: { kind: 'openai', baseUrl: upstream.baseUrl('openai'), model: 'm', ...OURS } })
  using bob = await PeerClient.connect(overlay.peer(2))
  using alice = await PeerClient.connect(overlay.peer(1))
  await using browser = await Browser.open()
  const page = await browser.page(`${overlay.peer(1)}/#/bob`)
  await page.evaluate(`globalThis.held = []
    new PerformanceObserver(tasks => held.push(...tasks.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })`)
  /** How long the page answered nothing, at most, until the message was drawn, in milliseconds. */
  const heldUp = async (id: string): Promise<number> => {
    await browser.shows(page.locator(`[data-id="${id}"]`))
    const longest = await page.evaluate(`new Promise(done =>
      requestIdleCallback(() => setTimeout(() => done(Math.max(0, ...held.splice(0))), 100)))`)
    return Number(longest)
  }
  const drawn: Held[] = []
  for (const text of fromBob) drawn.push({ text, ms: await heldUp(await bob.send('alice', text)) })
  const answered: Held[] = []
  await page.evaluate(`location.hash = '#/H1'`)
  for (const text of fromAi) {
    answer = text
    const id = await alice.send('H1', 'tell me')
    const said = await alice.message(({ metadata }) => metadata.replyTo === id)
    answered.push({ text, ms: await heldUp(said.id) })
  }
  const [person, ai] = [longest(drawn), longest(answered)]
  report({
    attack: 'texts that are costly to draw, in Chromium',
    tried: drawn.length + answered.length,
    found: `the page stood still for ${inWords(person)} of 64 KiB at most, for ${inWords(ai)} of 1 MiB`,
    held: Math.max(person.ms, ai.ms) <= MOST_MS,
  })
  expect(Math.max(person.ms, ai.ms)).toBeLessThan(10_000)
  expect(browser.complaints).toEqual([])
})
