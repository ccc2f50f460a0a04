/**
 * Markdown to HTML that is safe to show. HTML inside a message is shown as the text that it is, an image becomes a link,
 * and DOMPurify lets nothing pass but the few elements that are written here.
 */
import DOMPurify from 'dompurify'
import { Marked, Parser, type Token, type Tokens } from 'marked'
import { hostToShow, safeLink } from './links.ts'

const inline = 'a br code del em span strong'
const blocks = 'blockquote button div figcaption figure h3 hr li ol p pre table tbody td th thead tr ul'
/** Whose values are not addresses, so that the rule for addresses does not apply to them. */
const plainAttributes = 'align class rel start tabindex target title type'

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
      return `<h3 class="heading-${depth}">${this.parser.parseInline(tokens)}</h3>`
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
  },
})

/** The HTML of one block. */
export function renderBlock(token: Token): string {
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
  return `<figure class="code"><figcaption><span class="language">${escapeHtml(language || 'text')}</span><button type="button" class="button quiet small copy-code">Copy</button></figcaption><pre tabindex="0"><code class="language-${escapeHtml(language)}">${escapeHtml(text)}\n</code></pre></figure>`
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
