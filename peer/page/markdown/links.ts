/** Which links of a message may be followed, and what the reader is told about where they lead. */

export interface SafeLink {
  readonly href: string
  /** Where it leads: a host, or an address for mail. */
  readonly host: string
}

/** Undefined for anything but http, https and mail. */
export function safeLink(href: string): SafeLink | undefined {
  if (!URL.canParse(href)) return undefined
  const url = new URL(href)
  if (url.protocol === 'http:' || url.protocol === 'https:') return { href: url.href, host: url.host }
  if (url.protocol === 'mailto:') return { href: url.href, host: url.pathname }
  return undefined
}

/**
 * The host to write behind a link, or undefined where the text of the link is its address already. A name before the
 * host (`https://bank.example@elsewhere.example`) is a disguise, so the host is written out.
 */
export function hostToShow(link: SafeLink, text: string): string | undefined {
  const url = new URL(link.href)
  const bare = (address: string) => address.replace(/^(https?:\/\/|mailto:)/i, '').replace(/\/$/, '')
  const honest = url.username === '' && bare(text.trim()) === bare(link.href)
  return honest ? undefined : link.host
}
