/** Tells the thinking of local models, which write it into their text between tags, from their answer. */
import { CodeLines } from './code-lines.ts'

export type Part = { readonly kind: 'text' | 'thinking'; readonly text: string } | { readonly kind: 'retract' }

/** How models and chat templates mark it: DeepSeek, Qwen and most others; Claude's habit; Gemma; Magistral; Seed; Kimi; gpt-oss. */
const TAGS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['[THINK]', '[/THINK]'],
  ['<seed:think>', '</seed:think>'],
  ['◁think▷', '◁/think▷'],
  ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
]
const CLOSE = '</think>'
/** Most blanks before a tag, and behind one, in characters: there may be no end of them. */
const MOST_BLANKS = 4_096
/** Most that is held of a text that may be thinking, in characters: a longer one is told. */
const MOST_HELD = 1024 * 1024

/**
 * Only a tag before any text opens thinking; a `<think>` further on is text. Some chat templates write the opening tag
 * themselves, so that the answer begins with bare thinking: a `</think>` with nothing behind it on its line, outside of
 * code, then takes back what was told as text.
 */
export class ThinkTags {
  /**
   * `start` and `held` wait for a tag, `holding` and `text` for a closing one without its opening, `plain` for nothing any
   * more. What is held is not told before it is clear what it is.
   */
  #state: 'start' | 'held' | 'holding' | 'thinking' | 'text' | 'plain' = 'start'
  #held = ''
  #close = CLOSE
  #pending = ''
  #hasThought = false
  readonly #lines = new CodeLines()

  /** @param beginsThinking the model is known for thinking without an opening tag: nothing is told before it is clear */
  constructor(beginsThinking: boolean) {
    if (beginsThinking) this.#state = 'held'
  }

  read(text: string): Part[] {
    this.#pending += text
    const parts: Part[] = []
    while (this.#step(parts));
    return parts
  }

  /** The server tells thinking in a field of its own: there are no tags. */
  pass(): Part[] {
    if (this.#state === 'thinking' || this.#state === 'plain') return []
    this.#state = 'plain'
    return this.read(this.#unheld())
  }

  /** The rest. @param whole the answer ended well: what was held was no thinking */
  finish(whole: boolean): Part[] {
    const rest = this.#unheld()
    const isHeld = this.#state === 'held' || this.#state === 'holding'
    const isThinking = this.#state === 'thinking' || (isHeld && !whole)
    if (this.#state === 'text' && rest.startsWith(CLOSE) && !this.#lines.isCode)
      return [{ kind: 'retract' }, { kind: 'thinking', text: rest.slice(CLOSE.length) }]
    this.#state = 'plain'
    return rest === '' ? [] : [{ kind: isThinking ? 'thinking' : 'text', text: rest }]
  }

  /** @returns whether there may be more to do */
  #step(parts: Part[]): boolean {
    switch (this.#state) {
      case 'start':
      case 'held':
        return this.#begin()
      case 'holding':
        return this.#hold(parts)
      case 'thinking':
        return this.#think(parts)
      case 'text':
        return this.#watch(parts)
      case 'plain':
        this.#tell('text', this.#pending.length, parts)
        return false
      default:
        return this.#state satisfies never
    }
  }

  #begin(): boolean {
    const start = this.#pending.trimStart()
    const tag = TAGS.find(([open]) => start.startsWith(open))
    if (tag !== undefined) {
      this.#pending = start.slice(tag[0].length)
      this.#close = tag[1]
      this.#state = 'thinking'
      return true
    }
    if (TAGS.some(([open]) => open.startsWith(start))) {
      this.#pending = this.#pending.slice(-MOST_BLANKS)
      return false
    }
    if (this.#state === 'held') {
      this.#state = 'holding'
      return true
    }
    if (this.#hasThought) this.#pending = start
    this.#state = this.#hasThought ? 'plain' : 'text'
    return true
  }

  #hold(parts: Part[]): boolean {
    const end = this.#pending.indexOf(CLOSE)
    if (end >= 0) {
      const text = this.#held + this.#pending.slice(0, end)
      this.#held = ''
      this.#pending = this.#pending.slice(end)
      if (text !== '') parts.push({ kind: 'thinking', text })
      this.#close = CLOSE
      this.#begins()
      return true
    }
    const length = this.#pending.length - overlap(this.#pending, CLOSE)
    this.#held += this.#pending.slice(0, length)
    this.#pending = this.#pending.slice(length)
    if (this.#held.length <= MOST_HELD) return false
    this.#pending = this.#unheld()
    this.#state = 'plain'
    return true
  }

  /** All that is not told yet. */
  #unheld(): string {
    const text = this.#held + this.#pending
    this.#held = ''
    this.#pending = ''
    return text
  }

  #think(parts: Part[]): boolean {
    const end = this.#pending.indexOf(this.#close)
    const length = end < 0 ? this.#pending.length - overlap(this.#pending, this.#close) : end
    this.#tell('thinking', length, parts)
    if (end < 0) return false
    this.#begins()
    return true
  }

  #watch(parts: Part[]): boolean {
    const at = this.#pending.indexOf(CLOSE)
    if (at < 0) {
      this.#lines.follow(this.#tell('text', this.#pending.length - overlap(this.#pending, CLOSE), parts))
      return false
    }
    if (at > 0) this.#lines.follow(this.#tell('text', at, parts))
    const isAlone = this.#lines.isBlank
    const behind = /^[^\S\n]*(\n|\S)?/.exec(this.#pending.slice(CLOSE.length))?.[1]
    if (!isAlone && behind === undefined && this.#pending.length < MOST_BLANKS) return false
    if (this.#lines.isCode || !(isAlone || behind === '\n')) {
      this.#lines.follow(this.#tell('text', CLOSE.length, parts))
      return true
    }
    parts.push({ kind: 'retract' })
    this.#begins()
    return true
  }

  /** The answer begins behind the closing tag, or with more thinking. */
  #begins(): void {
    this.#pending = this.#pending.slice(this.#close.length)
    this.#hasThought = true
    this.#state = 'start'
  }

  #tell(kind: 'text' | 'thinking', length: number, parts: Part[]): string {
    const text = this.#pending.slice(0, length)
    this.#pending = this.#pending.slice(length)
    if (text !== '') parts.push({ kind, text })
    return text
  }
}

/** Models whose chat templates write the opening tag themselves. */
export const beginsThinking = (model: string): boolean =>
  /(?:^|[^a-z])(?:r1|qwq|z1|thinking|reasoner|exaone-deep)(?:[^a-z]|$)/i.test(model)

/** How many characters at the end of the text may be the beginning of the tag. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--)
    if (text.endsWith(tag.slice(0, length))) return length
  return 0
}

/** The answer without the thinking before it. */
export function withoutThinking(text: string): string {
  const tags = new ThinkTags(false)
  let answer = ''
  for (const part of [...tags.read(text), ...tags.finish(true)])
    answer = part.kind === 'retract' ? '' : answer + (part.kind === 'text' ? part.text : '')
  return answer
}
