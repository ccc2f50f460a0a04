/**
 * Markdown to HTML that is safe to show. HTML inside a message is shown as the text that it is, an image becomes a link,
 * and DOMPurify lets nothing pass but the few elements that are written here.
 */
import DOMPurify from 'dompurify'
import { Marked, Parser, type Token, type Tokens } from 'marked'
import { directionOf } from './direction.ts'
import { hostToShow, safeLink } from './links.ts'

const inline = 'a br code del em span strong'
const blocks = 'blockquote button div figcaption figure h3 hr li ol p pre table tbody td th thead tr ul'
/** Whose values are not addresses, so that the rule for addresses does not apply to them. */
const plainAttributes = 'align class dir rel start tabindex target title type'

const markdown = new Marked({ gfm: true, breaks: true })
markdown.use({
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    image: ({ href, text }: Tokens.Image) => linkTo(href, { html: escapeHtml(`Image: ${text || href}`), text }),
    link({ href, tokens, text }: Tokens.Link) {
      return linkTo(href, { html: this.parser.parseInline(tokens), text })
    },
    code: ({ text, lang }: Tokens.Code) => codeBlock(text, lang),
    // One level for all: the headings of a message are not part of the outline of the page.
    heading({ tokens, depth }: Tokens.Heading) {
      return `<h3 dir="auto" class="heading-${depth}">${this.parser.parseInline(tokens)}</h3>`
    },
    // Each has the direction of its own text; what holds several, that of the first.
    paragraph({ tokens }: Tokens.Paragraph) {
      return `<p dir="auto">${this.parser.parseInline(tokens)}</p>`
    },
    blockquote({ tokens, text }: Tokens.Blockquote) {
      return `<blockquote dir="${directionOf(text)}">${this.parser.parse(tokens)}</blockquote>`
    },
    list({ ordered, start, items, raw }: Tokens.List) {
      const [name, from] = ordered ? ['ol', start === 1 ? '' : ` start="${start}"`] : ['ul', '']
      return `<${name}${from} dir="${directionOf(raw)}">${items.map(item => this.listitem(item)).join('')}</${name}>`
    },
    listitem({ tokens }: Tokens.ListItem) {
      return `<li dir="auto">${this.parser.parse(tokens)}</li>`
    },
    tablecell({ header, align, tokens }: Tokens.TableCell) {
      const name = header ? 'th' : 'td'
      return `<${name} dir="auto"${align === null ? '' : ` align="${align}"`}>${this.parser.parseInline(tokens)}</${name}>`
    },
    codespan: ({ text }: Tokens.Codespan) => `<code dir="auto">${escapeHtml(text)}</code>`,
    def: ({ raw, href }: Tokens.Def) =>
      `<p dir="auto">${escapeHtml(raw.slice(0, raw.indexOf(':') + 1))} ${linkTo(href, { html: escapeHtml(href), text: href })}</p>`,
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
  },
})

/** The HTML of one block. Never throws: what cannot be drawn is shown as it was written. */
export function renderBlock(token: Token): string {
  if (token.type === 'plain') return plainText(token.raw)
  try {
    return drawn(token)
  } catch (error) {
    console.warn('Cannot draw a part of a message: it is shown as plain text', error)
    return plainText(token.raw)
  }
}

const plainText = (text: string): string => `<p class="plain-text" dir="auto">${escapeHtml(text)}</p>`

function drawn(token: Token): string {
  const html = Parser.parse([token], markdown.defaults)
  const framed = token.type === 'table' ? `<div class="table" tabindex="0">${html}</div>` : html
  return DOMPurify.sanitize(framed, {
    ALLOWED_TAGS: `#text ${inline} ${blocks}`.split(' '),
    ALLOWED_ATTR: ['href', ...plainAttributes.split(' ')],
    ADD_URI_SAFE_ATTR: plainAttributes.split(' '),
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
  })
}

function linkTo(address: string, shown: { readonly html: string; readonly text: string }): string {
  const link = safeLink(address)
  if (link === undefined) return shown.html
  const host = hostToShow(link, shown.text)
  const origin = host === undefined ? '' : `<span class="link-host">${escapeHtml(host)}</span>`
  const href = escapeHtml(link.href)
  return `<a href="${href}" title="${href}" target="_blank" rel="noopener noreferrer">${shown.html}</a>${origin}`
}

function codeBlock(text: string, info: string | undefined): string {
  const language = /^[\w+#.-]+/.exec(info ?? '')?.[0] ?? ''
  return `<figure class="code"><figcaption><span class="language">${escapeHtml(language || 'text')}</span><button type="button" class="button quiet small copy-code">Copy</button></figcaption><pre dir="ltr" tabindex="0"><code class="language-${escapeHtml(language)}">${escapeHtml(text)}\n</code></pre></figure>`
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, character => entities[character] ?? character)
}
