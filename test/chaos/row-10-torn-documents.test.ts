/** Row 10: the controller is killed while it saves. What it answered is there, and the document is whole. */
import { readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { State } from '../../controller/document.ts'
import { TableView } from '../../shared/protocol/control.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'
import { count, report } from './report.ts'

/** So many that the document has megabytes and writing it takes milliseconds. */
const ROUTES = 1_000

const WRITE_MS = 4

const route = (port: number) => ({ kind: 'peer', host: '127.0.0.1', port })
const big = Object.fromEntries(Array.from({ length: ROUTES }, (_, n) => [`route${n}`, route(1 + n)]))

/** Saves again and again, several at a time; tells the ports that were answered with 200, in a life that ends with a kill. */
class Saving {
  readonly answered: number[] = []
  inFlight = 0
  #next: number
  readonly #ended: Promise<unknown>

  constructor(controller: string, first: number) {
    this.#next = first
    const save = async () => {
      for (;;) {
        const port = this.#next
        this.#next += 1
        this.inFlight += 1
        const body = { endpoints: { ...big, mark: route(port) } }
        const answer = await call('PUT', `${controller}/api/proxies/alice/endpoints`, body, { 'if-match': '*' })
        expect(answer.status).toBe(200)
        expect(TableView.parse(answer.body).endpoints['mark']).toEqual(route(port))
        this.answered.push(port)
        this.inFlight -= 1
      }
    }
    this.#ended = Promise.allSettled([save(), save(), save()])
  }

  async ended(): Promise<number> {
    await this.#ended
    return this.#next
  }
}

/** Resolves at the next change of a file in the folder. */
async function writeBegins(folder: string): Promise<void> {
  for await (const _ of watch(folder)) return
}

test('a controller that is killed while it saves leaves a whole document with everything it answered', async () => {
  const rounds = count({ full: 100, small: 8 })
  await using fleet = await Fleet.open({ config: persons('alice') })
  const file = join(fleet.data, 'controller', 'controller.json')
  let [next, hit, saves] = [1_000, 0, 0]
  for (let round = 0; round < rounds; round += 1) {
    const life = await fleet.start('controller')
    const saving = new Saving(fleet.controller, next)
    const wanted = 1 + Math.floor(Math.random() * 4)
    while (saving.answered.length < wanted) await new Promise(resolve => setImmediate(resolve))
    await writeBegins(dirname(file))
    // Up to as long as a write takes: the kill falls into any part of it.
    await new Promise(resolve => setTimeout(resolve, Math.random() * WRITE_MS))
    hit += saving.inFlight > 0 ? 1 : 0
    await life.kill()
    next = await saving.ended()
    saves += saving.answered.length
    const history = State.parse(JSON.parse(readFileSync(file, 'utf8'))).tables['alice']?.history ?? []
    const ports = history.flatMap(({ endpoints }) => {
      const mark = endpoints['mark']
      return mark?.kind === 'peer' ? [mark.port] : []
    })
    // The history keeps 50 versions, and a life saves fewer than that here.
    expect(saving.answered.length).toBeLessThan(50)
    expect(saving.answered.filter(port => !ports.includes(port))).toEqual([])
  }
  expect(hit).toBeGreaterThan(rounds / 2)
  report({
    row: 10,
    fault: 'SIGKILL of the controller during saves',
    injected: rounds,
    hit,
    messages: saves,
    held: '0 torn documents, every answered save there',
  })
})
