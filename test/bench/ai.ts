/** What it costs to ask an AI through a proxy instead of directly: the first piece, each piece, many answers at once. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { Fleet } from '../harness/fleet.ts'
import { temporaryFolder } from '../harness/overlay.ts'
import { median, quantile } from '../harness/quantile.ts'
import { direct, type Path, type Script, startProvider, throughProxy } from './ai-paths.ts'
import { now, pieceTimes } from './ai-stream.ts'
import { translation } from './ai-translation.ts'
import type { Figure, Scenario } from './figure.ts'

const QUESTIONS = 300
const STREAMS = 8
const AT_ONCE = 200
const FIRST: Script = '1x0'
const PIECES = 64
const STREAM: Script = `${PIECES}x20`

export const ai: Scenario = {
  name: 'ai',
  about: 'questions to an AI through a proxy, against asking the provider directly',
  runs: 3,
  run: async () => {
    using provider = await startProvider()
    await using fleet = await Fleet.open({ config: config => ({ ...config, ...overlayOf(provider.origin) }) })
    await fleet.start('controller')
    await fleet.start('proxy', 'alice')
    using proxy = await throughProxy(fleet.proxy(1))
    const paths = { bare: direct(provider.origin), proxied: proxy.ask }
    return [
      ...(await firstPieces(paths)),
      ...(await pieces(paths)),
      ...(await manyAtOnce(paths)),
      ...(await translation()),
    ]
  },
}

type Paths = { readonly bare: Path; readonly proxied: Path }

/** One person, and a route for each script. */
function overlayOf(origin: string) {
  const route = (model: Script) => ({
    kind: 'openai',
    baseUrl: `${origin}/v1`,
    model,
    limits: { parallel: AT_ONCE, waiting: 0 },
  })
  return {
    instances: [{ kind: 'person', name: 'alice', n: 1, mode: 'manual' }],
    routes: { [`AI${FIRST}`]: route(FIRST), [`AI${STREAM}`]: route(STREAM) },
  }
}

async function toFirstPiece(path: Path): Promise<number> {
  const began = performance.now()
  let ms = Number.NaN
  await path(FIRST, () => {
    ms = performance.now() - began
  })
  await new Promise(resolve => setTimeout(resolve, 2))
  return ms
}

async function firstPieces({ bare, proxied }: Paths): Promise<Figure[]> {
  using commits = new Commits()
  const times = { bare: [] as number[], proxied: [] as number[], commit: [] as number[] }
  for (let n = -QUESTIONS; n < QUESTIONS; n += 1) {
    const [one, other, commit] = [await toFirstPiece(bare), await toFirstPiece(proxied), commits.commit()]
    if (n < 0) continue
    times.bare.push(one)
    times.proxied.push(other)
    times.commit.push(commit)
  }
  const added = median(times.proxied) - median(times.bare)
  return [
    {
      name: 'AI, first piece, added by the proxy, p50',
      measured: added,
      unit: 'ms',
      aim: { atMost: 1 },
      floor: median(times.commit),
    },
    { name: '  the floor is one commit; through the proxy, p50', measured: median(times.proxied), unit: 'ms' },
    { name: '  asked directly, p50', measured: median(times.bare), unit: 'ms' },
  ]
}

/** A bare commit, flushed to the disk: one has to come before a call that is paid for. */
class Commits implements Disposable {
  readonly #folder = temporaryFolder()
  readonly #database = new DatabaseSync(join(this.#folder, 'floor.db'))

  constructor() {
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE question (body TEXT)')
  }

  /** @returns how long it took, in milliseconds */
  commit(): number {
    const began = performance.now()
    this.#database.prepare('INSERT INTO question VALUES (?)').run('how long does this take?')
    return performance.now() - began
  }

  [Symbol.dispose](): void {
    this.#database.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Asks for a stream. @returns the milliseconds from the writing of each piece to its hearing, or nothing for a broken one */
async function delays(path: Path): Promise<number[]> {
  const late: number[] = []
  const heard: string[] = []
  const whole = await path(STREAM, text => {
    for (const written of pieceTimes.read(text)) late.push(now() - written)
    heard.push(text)
  })
  return late.length === PIECES && heard.join('') === whole ? late : []
}

async function pieces({ bare, proxied }: Paths): Promise<Figure[]> {
  const times = { bare: [] as number[], proxied: [] as number[] }
  for (let n = 0; n < STREAMS; n += 1) {
    const [one, other] = await Promise.all([delays(bare), delays(proxied)])
    times.bare.push(...one)
    times.proxied.push(...other)
  }
  const added = (share: number) => quantile(times.proxied, share) - quantile(times.bare, share)
  const of = `${PIECES} pieces at 20 ms`
  return [
    { name: `AI, ${of}, added to each, p99`, measured: added(0.99), unit: 'ms', aim: { atMost: 2 } },
    { name: '  added, p50', measured: added(0.5), unit: 'ms' },
    { name: '  asked directly, p99', measured: quantile(times.bare, 0.99), unit: 'ms' },
  ]
}

async function manyAtOnce({ proxied }: Paths): Promise<Figure[]> {
  const all = await Promise.all(Array.from({ length: AT_ONCE }, () => delays(proxied)))
  const whole = all.filter(late => late.length === PIECES)
  return [
    {
      name: `AI, ${AT_ONCE} streams at once, whole`,
      measured: whole.length,
      unit: 'streams',
      aim: { atLeast: AT_ONCE },
    },
    { name: '  from the writing of a piece to its hearing, p99', measured: quantile(whole.flat(), 0.99), unit: 'ms' },
  ]
}
