/** Which disk this is. Cursors, placements and streams are numbers that mean something only beside its name. */
import { v4 as uuidv4 } from 'uuid'
import * as z from 'zod'
import { Setting } from '../shared/process/setting.ts'
import type { Store } from '../shared/process/store.ts'
import type { Destinations } from './destinations.ts'

export class Identity {
  readonly #store: Store
  readonly #kept: Setting<string>
  readonly #destinations: Destinations
  #id: string

  private constructor(store: Store, destinations: Destinations) {
    this.#store = store
    this.#kept = new Setting(store, 'store', z.uuid())
    this.#destinations = destinations
    this.#id = this.#kept.read() ?? ''
  }

  /** A store without a name is new, or was put back from a backup: it takes a name and begins all its streams anew. */
  static async of(store: Store, destinations: Destinations): Promise<Identity> {
    const identity = new Identity(store, destinations)
    if (identity.id === '') await identity.renew()
    return identity
  }

  get id(): string {
    return this.#id
  }

  /**
   * For a store that finds itself older than what others remember of it: numbers that it gives from now on were given
   * before, to other messages. The own peer sees the new name and hands over again what was not received.
   */
  async renew(): Promise<void> {
    const id = uuidv4()
    await this.#store.write(() => {
      for (const { name } of this.#destinations.all()) this.#destinations.restart(name)
      this.#kept.write(id)
    })
    this.#id = id
  }
}
