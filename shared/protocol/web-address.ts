/** The address of an API: which origin it stands for, however it is written, and what may not be in it. */

/** Throws a `TypeError` for a text that is no address. The dot after a whole name of a host says nothing, and is left out. */
export function originOf(address: string): string {
  const url = new URL(address)
  if (/[^.]\.$/.test(url.hostname)) url.hostname = url.hostname.slice(0, -1)
  return url.origin
}

/** Whether an address carries a user name or a password, be they empty: `https://api.example.com@other.example` leads to `other.example`. */
export function hasUserInfo(address: string): boolean {
  // What URLs leave out, such as a tab between the slashes, hides nothing here.
  const authority = /^[a-z][a-z0-9+.-]*:[\\/]*([^\\/?#]*)/i.exec(address.replace(/[\t\n\r]/g, '').trim())?.[1] ?? ''
  return authority.includes('@')
}
