/** Reads Markdown by a bounded amount of work: what of it would cost too much is told, and the rest is read. */
import { Lexer, type Token, type Tokens } from 'marked'
import { ChatTokenizer } from './chat-tokenizer.ts'
import { CountedRule, inlineWork, type Limits, Work } from './work.ts'

const { emStrongRDelimAst, emStrongRDelimUnd, delRDelim } = Lexer.rules.inline.breaks
const COUNTED = {
  emStrongRDelimAst: new CountedRule(emStrongRDelimAst),
  emStrongRDelimUnd: new CountedRule(emStrongRDelimUnd),
  delRDelim: new CountedRule(delRDelim),
}

export class ChatLexer extends Lexer {
  readonly #work: Work
  readonly #limits: Limits
  /** The tokens of texts that cost too much: each holds one, which is all of its text. */
  readonly #unread = new Set<readonly Token[]>()

  /** @param whole false while the text still grows */
  constructor(whole: boolean, limits: Limits) {
    const work = new Work(limits.all)
    const tokenizer = new ChatTokenizer(whole, steps => work.spend(steps))
    super({ gfm: true, breaks: true, tokenizer })
    this.#work = work
    this.#limits = limits
    tokenizer.rules = { ...tokenizer.rules, inline: { ...tokenizer.rules.inline, ...COUNTED } }
  }

  /** @throws {TooCostlyError} where already finding its blocks costs too much */
  override lex(text: string) {
    this.blockTokens(text.replace(/\r\n?/g, '\n'), this.tokens)
    for (const rule of Object.values(COUNTED)) rule.work = this.#work
    // The shortest first: what costs too much is left out last.
    for (const { src, tokens } of [...this.inlineQueue].sort((one, other) => one.src.length - other.src.length)) {
      Object.assign(this.state, { inRawBlock: false, inLink: false, linkEmitted: false, linkParenPossible: true })
      if (this.#work.within(this.#limits.one, () => this.inlineTokens(src, tokens)) !== undefined) continue
      tokens.splice(0, tokens.length, { type: 'text', raw: src, text: src, escaped: false })
      this.#unread.add(tokens)
    }
    this.inlineQueue = []
    return this.tokens
  }

  override inlineTokens(text: string, tokens: Token[] = []): Token[] {
    this.#work.spend(inlineWork(text))
    return super.inlineTokens(text, tokens)
  }

  /** Whether a token holds a text that cost too much. */
  isUnread(token: Token): boolean {
    return partsOf(token).some(tokens => this.#unread.has(tokens) || tokens.some(part => this.isUnread(part)))
  }
}

function partsOf(token: Token): readonly (readonly Token[])[] {
  if (isTable(token)) return [...token.header, ...token.rows.flat()].map(({ tokens }) => tokens)
  return 'items' in token && isList(token) ? [token.items] : 'tokens' in token && token.tokens ? [token.tokens] : []
}

const isTable = (token: Token): token is Tokens.Table => token.type === 'table'
const isList = (token: Token): token is Tokens.List => token.type === 'list'
