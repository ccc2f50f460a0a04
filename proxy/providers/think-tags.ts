/** Tells the thinking of local models, which write it into their text between tags, from their answer. */

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

/**
 * Only a tag before any text opens thinking; a `<think>` further on is text. Some chat templates write the opening tag
 * themselves, so that the answer begins with bare thinking: a `</think>` with nothing behind it on its line, outside of
 * code, then takes back what was told as text.
 */
export class ThinkTags {
  /** `start` waits for a tag, `text` for a closing one without its opening, `plain` for nothing any more. */
  #state: 'start' | 'held' | 'thinking' | 'text' | 'plain' = 'start'
  #close = CLOSE
  #pending = ''
  #hasThought = false
  #line = ''
  #fenced = false

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
    if (this.#state !== 'start' && this.#state !== 'held' && this.#state !== 'text') return []
    this.#state = 'plain'
    return this.read('')
  }

  /** The rest. @param whole the answer ended well: what was held was no thinking */
  finish(whole: boolean): Part[] {
    const rest = this.#pending
    this.#pending = ''
    const isThinking = this.#state === 'thinking' || (this.#state === 'held' && !whole)
    if (this.#state === 'text' && rest.startsWith(CLOSE) && !this.#isCode())
      return [{ kind: 'retract' }, { kind: 'thinking', text: rest.slice(CLOSE.length) }]
    this.#state = 'plain'
    return rest === '' ? [] : [{ kind: isThinking ? 'thinking' : 'text', text: rest }]
  }

  /** @returns whether there may be more to do */
  #step(parts: Part[]): boolean {
    switch (this.#state) {
      case 'start':
      case 'held':
        return this.#begin(parts)
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

  #begin(parts: Part[]): boolean {
    const start = this.#pending.trimStart()
    const tag = TAGS.find(([open]) => start.startsWith(open))
    if (tag !== undefined) {
      this.#pending = start.slice(tag[0].length)
      this.#close = tag[1]
      this.#state = 'thinking'
      return true
    }
    if (TAGS.some(([open]) => open.startsWith(start))) return false
    if (this.#state === 'held') return this.#hold(parts)
    if (this.#hasThought) this.#pending = start
    this.#state = this.#hasThought ? 'plain' : 'text'
    return true
  }

  #hold(parts: Part[]): boolean {
    if (!this.#pending.includes(CLOSE)) return false
    this.#close = CLOSE
    return this.#think(parts)
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
      this.#follow(this.#tell('text', this.#pending.length - overlap(this.#pending, CLOSE), parts))
      return false
    }
    if (at > 0) this.#follow(this.#tell('text', at, parts))
    const isAlone = this.#line.trim() === ''
    const behind = /^[^\S\n]*(\n|\S)?/.exec(this.#pending.slice(CLOSE.length))?.[1]
    if (!isAlone && behind === undefined) return false
    if (this.#isCode() || !(isAlone || behind === '\n')) {
      this.#follow(this.#tell('text', CLOSE.length, parts))
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

  /** Whether what follows stands in code, as far as the lines tell. */
  #isCode(): boolean {
    return this.#fenced || (this.#line.match(/`/g)?.length ?? 0) % 2 === 1
  }

  #follow(text: string): void {
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) if (/^ {0,3}(?:```|~~~)/.test(line)) this.#fenced = !this.#fenced
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
