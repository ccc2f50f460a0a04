/**
 * Reads Markdown as chat means it: what a person wrote keeps its meaning where GFM would take signs of it for marks, and nothing
 * nests without a bound.
 */
import { Lexer, type Token, Tokenizer, type Tokens } from 'marked'
import { safeLink } from './links.ts'
import { closesNested } from './nested-fence.ts'

/** Deeper marks are shown as the signs that they are. */
const DEEPEST = 24

/** An address ends before a sign of a script that does not part words with spaces. */
const FOREIGN_SIGN =
  /[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u201c\u201d\u2018\u2019\u2026\u060c\u061b\u061f\u0964]/

class ChatTokenizer extends Tokenizer {
  readonly #whole: boolean
  #depth = 0

  /** `whole` is false while the text still grows. */
  constructor(whole: boolean) {
    super()
    this.#whole = whole
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
    const raw = found === undefined ? undefined : closesNested(src, this.#whole)
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

/** Whether the stars at a place stand between two numbers, or a single one between two names. */
function isSum(text: string, at: number): boolean {
  const left = text.slice(0, at).replace(/\*+$/, '')
  const right = text.slice(at).replace(/^\*+/, '')
  const [before, after] = [left.slice(-1), right.charAt(0)]
  if (!/[0-9A-Za-z(]/.test(after)) return false
  return /[0-9]/.test(before) || (text.length - left.length - right.length === 1 && /[A-Za-z)]/.test(before))
}

/** Whether the underscores at a place begin a name such as `__init__`. */
function isName(text: string, at: number): boolean {
  const begin = text.slice(0, at).replace(/_+$/, '').length
  return /^__[a-z0-9]+(?:_[a-z0-9]+)*__(?!_)/.test(text.slice(begin))
}

/** Never throws: what cannot be read is one block of plain text. */
export function readMarkdown(text: string, whole: boolean): readonly Token[] {
  try {
    return new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer(whole) }).lex(text)
  } catch (error) {
    console.warn('Cannot read a message as Markdown: it is shown as plain text', error)
    return [plain(text)]
  }
}

/** A block that is shown as it was written. */
export const plain = (raw: string): Token => ({ type: 'plain', raw })
