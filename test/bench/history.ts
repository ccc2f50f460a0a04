/** A million messages in a peer's history: pages, searches, sending and starting, against their aims and against none. */
import { constants, copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from '../../shared/process/process-args.ts'
import { Fleet } from '../harness/fleet.ts'
import { median } from '../harness/quantile.ts'
import type { Figure, Scenario } from './figure.ts'
import { historyFile, middleOf } from './history-file.ts'
import { roundTrips } from './round-trip.ts'
import { chinese, NOWHERE, NOWHERE_OF_COMMON_PIECES, word } from './vocabulary.ts'

/** Whose history is long; alice's is empty, and bob is whom both talk with. */
const LONG = 'behrooz'
const REQUESTS = 21
const WARM_UP = 5
const BLOCKS = 6
const BLOCK = 40

const PAGE = '/api/conversations/alice/messages'
const pages = (middle: string) => ({
  'newest page of 50': `${PAGE}?limit=50`,
  'newest page of 200': `${PAGE}?limit=200`,
  'page of 50 from the middle': `${PAGE}?limit=50&before=${middle}`,
  'list of conversations': '/api/conversations',
})
const searches = {
  'the commonest word': word(0),
  'a common word': word(20),
  'a rare word': word(15_000),
  'two words': `${word(1)} ${word(400)}`,
  'a common and a rare word': `${word(0)} ${word(15_000)}`,
  'one letter': word(0).slice(0, 1),
  'two letters': word(0).slice(0, 2),
  'a part of a rare word': word(15_000).slice(1, 6),
  'parts of two words': `${word(400).slice(1)} ${word(5_000).slice(1)}`,
  'two characters of Chinese': chinese(40) + chinese(3),
  'one rare character of Chinese': chinese(1_900),
  'a sign': '🎉',
  'a word that is nowhere': NOWHERE,
  'a word that is nowhere, of common pieces': NOWHERE_OF_COMMON_PIECES,
}

export const history: Scenario = {
  name: 'history',
  about: 'a million messages in the history of a peer',
  runs: 1,
  run: async () => {
    const file = await historyFile(LONG)
    await using fleet = await Fleet.open({ config: allByHand })
    mkdirSync(stateFolder(fleet.data, LONG), { recursive: true, mode: 0o700 })
    copyFileSync(file, join(stateFolder(fleet.data, LONG), 'peer.db'), constants.COPYFILE_FICLONE)
    await fleet.startAll(LONG, 'alice', 'bob')
    return [...(await looking(fleet, middleOf(file))), ...(await sending(fleet)), ...(await starting(fleet))]
  },
}

async function looking(fleet: Fleet, middle: string): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, path] of Object.entries(pages(middle)))
    figures.push({ name, measured: await timed(`${fleet.peer(0)}${path}`), unit: 'ms', aim: { atMost: 20 } })
  for (const [what, query] of Object.entries(searches)) {
    const url = `${fleet.peer(0)}/api/search?q=${encodeURIComponent(query)}`
    figures.push({ name: `search for ${what}`, measured: await timed(url), unit: 'ms', aim: { atMost: 50 } })
  }
  return figures.map(figure => ({ ...figure, name: `a million messages: ${figure.name}` }))
}

/** @returns the median of some requests, in milliseconds */
async function timed(url: string): Promise<number> {
  const times: number[] = []
  for (let n = -WARM_UP; n < REQUESTS; n += 1) {
    const began = performance.now()
    const response = await fetch(url)
    await response.text()
    if (n >= 0) times.push(performance.now() - began)
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
  }
  return median(times)
}

/** Blocks of messages by turns: the machine's other work then disturbs both alike. */
async function sending(fleet: Fleet): Promise<Figure[]> {
  const path = (from: number, to: number, name: string) => ({
    post: `${fleet.peer(from)}/api/conversations/${name}/messages`,
    events: `${fleet.peer(to)}/api/events`,
  })
  const [long, empty, toLong, toEmpty] = [path(0, 2, 'bob'), path(1, 2, 'bob'), path(2, 0, LONG), path(2, 1, 'alice')]
  const times = { long: block(), empty: block(), toLong: block(), toEmpty: block() }
  for (let n = -1; n < BLOCKS; n += 1)
    for (const [into, way] of [
      [times.long, long],
      [times.empty, empty],
      [times.toLong, toLong],
      [times.toEmpty, toEmpty],
    ] as const) {
      const { toAccept, toShow } = await roundTrips(way, BLOCK)
      if (n < 0) continue
      into.toAccept.push(...toAccept)
      into.toShow.push(...toShow)
    }
  const against = (name: string, long: readonly number[], empty: readonly number[]): Figure[] => [
    { name: `${name}, against none`, measured: median(long) / median(empty), unit: 'times', aim: { atMost: 1.2 } },
    { name: `  ${name}; none is the floor`, measured: median(long), unit: 'ms', floor: median(empty) },
  ]
  return [
    ...against('a million at the sender: POST to 202', times.long.toAccept, times.empty.toAccept),
    ...against('a million at the sender: POST to event', times.long.toShow, times.empty.toShow),
    ...against('a million at the recipient: POST to event', times.toLong.toShow, times.toEmpty.toShow),
  ]
}

const block = (): { toAccept: number[]; toShow: number[] } => ({ toAccept: [], toShow: [] })

async function starting(fleet: Fleet): Promise<Figure[]> {
  const again = async (name: string): Promise<number> => {
    const began = performance.now()
    await fleet.start('peer', name)
    return performance.now() - began
  }
  const figures: Figure[] = []
  for (const [how, end] of [
    ['a clean stop', (name: string) => fleet.life(`peer ${name}`).stop()],
    ['a kill', (name: string) => fleet.life(`peer ${name}`).kill()],
  ] as const) {
    await end(LONG)
    const measured = await again(LONG)
    await end('alice')
    figures.push({ name: `a million messages: start after ${how}`, measured, unit: 'ms', floor: await again('alice') })
  }
  return figures
}

function allByHand(config: Record<string, unknown>): Record<string, unknown> {
  const { instances } = config
  if (!Array.isArray(instances)) throw new Error('the configuration has no instances')
  return {
    ...config,
    instances: instances.map(instance => (instance.kind === 'person' ? { ...instance, mode: 'manual' } : instance)),
  }
}
