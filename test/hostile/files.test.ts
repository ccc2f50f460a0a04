/** Files that hold anything: a process that finds one either starts or says in words why it does not. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorText } from '../../shared/protocol/errors.ts'
import { Fleet, type Life } from '../harness/fleet.ts'
import { type Draw, draws, seed } from './draw.ts'
import { damaged, hostileText, hostileValue, mutated, written } from './mutate.ts'
import { isFull, report } from './table.ts'
import { within } from './witness.ts'

const FILES = 60

let fleet: Fleet
beforeAll(async () => {
  console.log(`hostile files: SEED=${seed}`)
  fleet = await Fleet.open()
  // One start and stop each, so that there are whole files to damage.
  await fleet.startAll('alice')
  for (const title of ['peer alice', 'proxy alice', 'controller']) await fleet.life(title).stop()
})
afterAll(() => fleet?.[Symbol.asyncDispose]())

const origins = () => ({ controller: fleet.controller, proxy: fleet.proxy(1), peer: fleet.peer(1) })

type Place = { readonly file: string; readonly start: readonly ['controller' | 'proxy' | 'peer', string?] }

const places = (): Place[] => [
  { file: fleet.config, start: ['controller'] },
  { file: join(fleet.data, 'persons.json'), start: ['controller'] },
  { file: join(fleet.data, 'overlay.key'), start: ['controller'] },
  { file: join(fleet.data, 'controller', 'controller.json'), start: ['controller'] },
  { file: join(fleet.data, 'alice', 'peer.db'), start: ['peer', 'alice'] },
  { file: join(fleet.data, 'alice', 'proxy.db'), start: ['proxy', 'alice'] },
]

function contents(file: string, draw: Draw): Buffer | string {
  const whole = read(file)
  if (whole === undefined)
    return written(draw.once(2) ? { added: [hostileValue(draw)], removed: hostileValue(draw) } : hostileValue(draw))
  if (file.endsWith('.db')) {
    const at = draw.below(whole.length)
    const torn = Buffer.from(whole)
    torn.fill(draw.below(256), at, Math.min(whole.length, at + draw.below(5_000)))
    return draw.of([
      torn,
      whole.subarray(0, at),
      Buffer.concat([whole, draw.bytes()]),
      draw.bytes(),
      Buffer.alloc(0),
      torn,
    ])
  }
  switch (draw.below(4)) {
    case 0:
      return damaged(whole.toString(), draw)
    case 1:
      return written(hostileValue(draw))
    case 2:
      return hostileText(draw)
    default:
      return file.endsWith('.json')
        ? written(mutated(JSON.parse(whole.toString()), draw))
        : damaged(whole.toString(), draw)
  }
}

const read = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** @returns how the process came out of it */
async function startWith(life: Life, origin: string): Promise<'started' | 'refused' | string> {
  const outcome = Promise.race([life.ready.then(() => 'ready' as const), life.exited, serving(life, origin)])
  const how = await within(outcome, 'neither started nor ended').catch(errorText)
  if (typeof how === 'string' && how.startsWith('neither')) {
    await life.kill()
    return `${how}\n${life.output}`
  }
  if (how === 'ready' || how === 'serving') {
    await life.stop()
    return 'started'
  }
  if (typeof how === 'string') return how
  const isInWords = /Cannot |cannot /.test(life.output) && !/\n\s+at |"stack"|failed unexpectedly/.test(life.output)
  return isInWords && how.code !== null && how.code !== 0 ? 'refused' : `${JSON.stringify(how)}\n${life.output}`
}

/** Who waits for a neighbour to be ready answers all the same: it has taken its files. */
async function serving(life: Life, origin: string): Promise<'serving'> {
  while (life.isAlive) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined)
    if (answer?.ok === true) return 'serving'
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return new Promise(() => {})
}

test.runIf(isFull)(
  'a start that finds a hostile file starts, or says in words why it does not',
  async () => {
    const problems: unknown[] = []
    const outcomes = { started: 0, refused: 0 }
    const all = places()
    for (const [index, draw] of draws(seed, FILES).entries()) {
      const place = all[index % all.length]
      if (place === undefined) continue
      const before = read(place.file)
      const content = contents(place.file, draw)
      mkdirSync(dirname(place.file), { recursive: true })
      for (const beside of ['-wal', '-shm']) rmSync(place.file + beside, { force: true })
      writeFileSync(place.file, content, { mode: 0o600 })
      const [kind, name] = place.start
      const how = await startWith(fleet.launch(kind, name), origins()[kind])
      if (how === 'started' || how === 'refused') outcomes[how] += 1
      else problems.push([place.file, content.toString().slice(0, 500), how.slice(0, 3_000)])
      if (before === undefined) rmSync(place.file, { force: true })
      else writeFileSync(place.file, before, { mode: 0o600 })
      for (const beside of ['-wal', '-shm']) rmSync(place.file + beside, { force: true })
    }
    report({
      attack: 'hostile files at a start',
      tried: FILES,
      found: `${outcomes.started} started, ${outcomes.refused} refused in words, ${problems.length} otherwise`,
      held: problems.length === 0,
    })
    expect(problems).toEqual([])
  },
  400_000,
)
