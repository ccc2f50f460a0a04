/**
 * Reads the signs of Markdown as chat means them: what a person wrote keeps its meaning where GFM would take signs of it for
 * marks, and nothing nests without a bound.
 */
import { Tokenizer, type Tokens } from 'marked'
import { safeLink } from './links.ts'
import { closesNested } from './nested-fence.ts'

/** Deeper marks are shown as the signs that they are. */
const DEEPEST = 24

/** Trying all kinds of blocks at one place takes so many steps. */
const BLOCK_STEPS = 6

/** An address ends before a sign of a script that does not part words with spaces. */
const FOREIGN_SIGN =
  /[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u201c\u201d\u2018\u2019\u2026\u060c\u061b\u061f\u0964]/

export class ChatTokenizer extends Tokenizer {
  readonly #whole: boolean
  readonly #spend: (steps: number) => void
  #depth = 0

  /** @param whole false while the text still grows @param spend counts the work, and throws when there is too much of it */
  constructor(whole: boolean, spend: (steps: number) => void) {
    super()
    this.#whole = whole
    this.#spend = spend
  }

  /** The first that is tried at each block. */
  override space(src: string): Tokens.Space | undefined {
    this.#spend(BLOCK_STEPS)
    return super.space(src)
  }

  /** The last that is tried: it goes to the end of the line. */
  override text(src: string): Tokens.Text | undefined {
    this.#spend(1)
    return super.text(src)
  }

  /** The first that is tried within a text. */
  override escape(src: string): Tokens.Escape | undefined {
    this.#spend(1)
    return super.escape(src)
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(src))
  }

  override list(src: string): Tokens.List | undefined {
    return this.#nested(() => super.list(src))
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    return this.#nested(() => super.link(src))
  }

  override reflink(src: string, links: Parameters<Tokenizer['reflink']>[1]) {
    return this.#nested(() => super.reflink(src, links))
  }

  /** `2*3*4` and `2**3**4` are sums, and `__init__` is a name. */
  override emStrong(src: string, masked: string, before = ''): Tokens.Em | Tokens.Strong | undefined {
    if (src.startsWith('*') && isSum(masked, masked.length - src.length)) return undefined
    if (src.startsWith('_') && isName(masked, masked.length - src.length)) return undefined
    return this.#nested(() => super.emStrong(src, masked, before))
  }

  /** One `~` means "about". */
  override del(src: string, masked: string, before = ''): Tokens.Del | undefined {
    return src.startsWith('~~') ? this.#nested(() => super.del(src, masked, before)) : undefined
  }

  override url(src: string): Tokens.Link | undefined {
    const found = super.url(src)
    const end = found === undefined ? -1 : found.raw.search(FOREIGN_SIGN)
    return end === -1 ? found : super.url(src.slice(0, end))
  }

  /** A name in brackets before a colon is a definition only with an address that can be followed. */
  override def(src: string): Tokens.Def | undefined {
    const found = super.def(src)
    return found !== undefined && safeLink(found.href) !== undefined ? found : undefined
  }

  override fences(src: string): Tokens.Code | undefined {
    const found = super.fences(src)
    const raw = found === undefined ? undefined : closesNested(src, this.#whole, () => this.#spend(1))
    if (found === undefined || raw === undefined || raw.length <= found.raw.length) return found
    const lines = raw.replace(/\n$/, '').split('\n')
    const isClosed = /^ {0,3}(`{3,}|~{3,}) *$/.test(lines.at(-1) ?? '')
    return { ...found, raw, text: lines.slice(1, isClosed ? -1 : undefined).join('\n') }
  }

  #nested<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= DEEPEST) return undefined
    this.#depth += 1
    try {
      return read()
    } finally {
      this.#depth -= 1
    }
  }
}

/** How many of a sign stand in a row before a place, or from it on. */
function countBefore(text: string, at: number, sign: string): number {
  let count = 0
  while (text[at - 1 - count] === sign) count++
  return count
}
function countFrom(text: string, at: number, sign: string): number {
  let count = 0
  while (text[at + count] === sign) count++
  return count
}

/** Whether the stars at a place stand between two numbers, or a single one between two names. */
function isSum(text: string, at: number): boolean {
  const begin = at - countBefore(text, at, '*')
  const end = at + countFrom(text, at, '*')
  const [before, after] = [text.charAt(begin - 1), text.charAt(end)]
  if (!/[0-9A-Za-z(]/.test(after)) return false
  return /[0-9]/.test(before) || (end - begin === 1 && /[A-Za-z)]/.test(before))
}

/** Longest name that is known as one, in characters. */
const NAME_CHARACTERS = 256

/** Whether the underscores at a place begin a name such as `__init__`. */
function isName(text: string, at: number): boolean {
  const begin = at - countBefore(text, at, '_')
  return /^__[a-z0-9]+(?:_[a-z0-9]+)*__(?!_)/.test(text.slice(begin, begin + NAME_CHARACTERS))
}
