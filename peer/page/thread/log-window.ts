/**
 * Which part of a long conversation is drawn. All rows that are drawn have their real height, so nothing jumps; those
 * far away are not drawn, so a conversation of thousands is as light as a short one.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals'

/** Rows that are drawn at least at the end of a conversation, that are added at once, and that are drawn at most. */
const AT_END = 120
const STEP = 60
const MOST = 300

interface Item {
  readonly id: string
}

export class LogWindow<T extends Item> {
  readonly #all: ReadonlySignal<readonly T[]>
  /** Ids at the edges; null: as many as belong to the end, and up to the end. */
  readonly #first = signal<string | null>(null)
  readonly #last = signal<string | null>(null)

  readonly #range = computed(() => {
    const all = this.#all.value
    const lastAt = indexOf(all, this.#last.value)
    const end = lastAt === -1 ? all.length : lastAt + 1
    const firstAt = indexOf(all, this.#first.value)
    return { start: firstAt === -1 || firstAt >= end ? startBefore(end) : firstAt, end }
  })
  readonly drawn = computed(() => this.#all.value.slice(this.#range.value.start, this.#range.value.end))
  readonly reachesStart = computed(() => this.#range.value.start === 0)
  readonly reachesEnd = computed(() => this.#range.value.end === this.#all.value.length)

  constructor(all: ReadonlySignal<readonly T[]>) {
    this.#all = all
  }

  /** The end, whatever is added to it. */
  toEnd(): void {
    this.#first.value = null
    this.#last.value = null
  }

  /** Keeps the first row although others are added at the end. */
  hold(): void {
    this.#first.value = this.drawn.peek()[0]?.id ?? null
  }

  earlier(): void {
    const { start, end } = this.#range.peek()
    const from = Math.max(0, start - STEP)
    this.#draw(from, Math.min(end, from + MOST))
  }

  later(): void {
    const { start, end } = this.#range.peek()
    const to = Math.min(this.#all.peek().length, end + STEP)
    this.#draw(Math.max(start, to - MOST), to)
  }

  /** Draws the row and what is around it, unless it is drawn already. */
  show(id: string): void {
    if (this.drawn.peek().some(item => item.id === id)) return
    const at = indexOf(this.#all.peek(), id)
    if (at !== -1) this.#draw(Math.max(0, at - STEP), Math.min(this.#all.peek().length, at + STEP))
  }

  #draw(start: number, end: number): void {
    const all = this.#all.peek()
    this.#first.value = all[start]?.id ?? null
    this.#last.value = end >= all.length ? null : (all[end - 1]?.id ?? null)
  }
}

/** Where the rows at the end begin: in steps, so that not every message at the end moves the beginning. */
const startBefore = (end: number): number => Math.max(0, Math.floor((end - AT_END) / STEP) * STEP)

const indexOf = (all: readonly Item[], id: string | null): number =>
  id === null ? -1 : all.findIndex(item => item.id === id)
