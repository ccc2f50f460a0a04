/** One person more or fewer while the overlay runs: what is kept of it, controller, processes, in that order and one change at a time. */
import { join } from 'node:path'
import { personsFile } from '../../config/changed-persons.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { configurePerson, placesOf, unconfigurePerson, undoPerson } from './configured-persons.ts'
import type { Added, Removed } from './control-protocol.ts'
import type { ControllerCalls } from './controller-calls.ts'
import type { Options } from './options.ts'
import type { OverlayProcesses } from './overlay.ts'

/** Whoever is not ready by then dies again and again; its log says why. */
const READY_MS = 60_000

type Parts = {
  readonly options: Pick<Options, 'config' | 'data' | 'only' | 'portBase'>
  readonly overlay: Pick<OverlayProcesses, 'add' | 'remove'>
  readonly controller: Pick<ControllerCalls, 'configure' | 'tablesApplied'>
  /** Everything has been started. */
  readonly ready: Promise<void>
  /** Aborts when the overlay is told to stop. */
  readonly stopping: AbortSignal
}

export class Persons {
  readonly #parts: Parts
  readonly #begun: Promise<void>
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
    const { ready, stopping } = parts
    this.#begun = new Promise<void>((resolve, reject) => {
      stopping.addEventListener('abort', () => resolve(), { once: true })
      ready.then(resolve, reject)
    })
    // Whoever asks for a change hears of it; the start itself says it anyway.
    this.#begun.catch(() => undefined)
  }

  /** @throws {StartError} when the name cannot be added or its processes do not start; everything is as before then */
  add(name: string): Promise<Added> {
    return this.#inTurn(() => this.#add(name))
  }

  /** @throws {StartError} when there is no such person, or it is the last one */
  remove(name: string): Promise<Removed> {
    return this.#inTurn(() => this.#remove(name))
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = Promise.all([this.#begun, this.#last]).then(change)
    this.#last = result.catch(() => undefined)
    return result
  }

  async #add(name: string): Promise<Added> {
    const { options, overlay, controller, stopping } = this.#parts
    this.#requireRunning(`add "${name}"`)
    const person = await configurePerson(name, options)
    let tablesApplied = false
    try {
      await controller.configure(stopping)
      await this.#withinBounds(overlay.add(person), person.name)
      tablesApplied = await controller.tablesApplied(person.name, stopping)
    } catch (error) {
      if (!stopping.aborted) {
        await this.#undo(name)
        const reason = errorText(error).replace(/\.?$/, '.')
        throw new StartError(`Cannot add "${name}": ${reason} The configuration is as it was before.`)
      }
    }
    return {
      name: person.name,
      n: person.n,
      ...placesOf(person, options.portBase),
      config: personsFile(options.data),
      only: options.only !== undefined,
      stopping: stopping.aborted,
      tablesApplied,
    }
  }

  async #remove(name: string): Promise<Removed> {
    const { options, overlay, controller, stopping } = this.#parts
    this.#requireRunning(`remove "${name}"`)
    const person = await unconfigurePerson(name, options)
    // A proxy that still ran would make itself known to the controller again.
    const wasRunning = await overlay.remove(person.name)
    const controllerKnows = await controller.configure(stopping).then(
      () => true,
      () => false,
    )
    return { name: person.name, config: personsFile(options.data), wasRunning, controllerKnows }
  }

  async #undo(name: string): Promise<void> {
    const { options, overlay, controller, stopping } = this.#parts
    await overlay.remove(name)
    await undoPerson(name, options)
    // What it missed, it takes over at its next start.
    await controller.configure(stopping).catch(() => undefined)
  }

  #requireRunning(what: string): void {
    if (this.#parts.stopping.aborted)
      throw new StartError(`Cannot ${what}: the overlay is being stopped. Try again once it has.`)
  }

  /** @throws {StartError} when the processes of a person are not ready in time, and are not told to stop either */
  async #withinBounds(started: Promise<void>, name: string): Promise<void> {
    const { options, stopping } = this.#parts
    await new Promise<void>((resolve, reject) => {
      const late = () =>
        reject(
          new StartError(
            `its processes are not ready after ${READY_MS / 1000} s; proxy-${name}.log and peer-${name}.log in ${join(options.data, 'logs')} say why.`,
          ),
        )
      const timer = setTimeout(late, READY_MS)
      stopping.addEventListener('abort', () => resolve(), { once: true })
      started.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}
