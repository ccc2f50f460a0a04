/**
 * Which addresses lead to this machine, to a network of its own, or nowhere on the internet. Source: IANA's registries of
 * special-purpose IPv4 and IPv6 addresses (RFC 6890 and its successors). Pages read it too.
 */

/** Network in bits and what it is, to be read behind "an address of". The first that has an address counts. */
type Network = readonly [prefix: string, bits: number, what: string]

const MACHINE = 'this machine'
const PRIVATE = 'a private network'
const LINK = 'the local link, where clouds answer for their machines'
const NOBODY = 'no host on the internet'

const IPV4: readonly Network[] = [
  ['0.0.0.0', 8, MACHINE],
  ['127.0.0.0', 8, MACHINE],
  ['10.0.0.0', 8, PRIVATE],
  ['172.16.0.0', 12, PRIVATE],
  ['192.168.0.0', 16, PRIVATE],
  ['100.64.0.0', 10, PRIVATE],
  ['169.254.0.0', 16, LINK],
  ['192.0.0.0', 24, NOBODY],
  ['192.0.2.0', 24, NOBODY],
  ['192.88.99.0', 24, NOBODY],
  ['198.18.0.0', 15, NOBODY],
  ['198.51.100.0', 24, NOBODY],
  ['203.0.113.0', 24, NOBODY],
  ['224.0.0.0', 3, NOBODY],
]
/** By the first groups of 16 bits. */
const IPV6: readonly Network[] = [
  ['fc00::', 7, PRIVATE],
  ['fe80::', 10, LINK],
  ['fec0::', 10, PRIVATE],
  ['64:ff9b:1::', 48, PRIVATE],
  ['100::', 64, NOBODY],
  ['2001::', 23, NOBODY],
  ['2001:db8::', 32, NOBODY],
  ['3fff::', 20, NOBODY],
  ['5f00::', 16, NOBODY],
  ['ff00::', 8, NOBODY],
]
/** Networks whose addresses carry one of IPv4, from a bit on: mapped, compatible, translated (NAT64) and 6to4 ones. */
const CARRYING: readonly (readonly [prefix: string, bits: number, from: number])[] = [
  ['::ffff:0:0', 96, 96],
  ['::ffff:0:0:0', 96, 96],
  ['64:ff9b::', 96, 96],
  ['::', 96, 96],
  ['2002::', 16, 16],
]
/** Names that are only known on a machine or in a network of one's own (RFC 6761, 6762, 8375, and what ICANN keeps free). */
const PRIVATE_NAME = /^[^.]+$|\.(?:localhost|localdomain|local|lan|internal|intranet|home\.arpa)$/

/**
 * What an IP address leads to, such as `this machine`, where it does not lead to the internet; undefined where it does. What
 * is no IP address leads nowhere.
 */
export function privateAddress(address: string): string | undefined {
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  const four = bitsOf4(bare)
  if (four !== undefined) return networkOf(IPV4, bitsOf4, four)
  const six = bitsOf6(bare)
  if (six === undefined) return NOBODY
  if (/^0{127}1$/.test(six)) return MACHINE
  for (const [prefix, bits, from] of CARRYING)
    if (six.startsWith((bitsOf6(prefix) ?? '').slice(0, bits)))
      return networkOf(IPV4, bitsOf4, six.slice(from, from + 32))
  return networkOf(IPV6, bitsOf6, six)
}

/** The same for the host of an address, as URLs write it: also of names that nobody on the internet can have. */
export function privateHost(hostname: string): string | undefined {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host.includes(':') || /^[\d.]+$/.test(host)) return privateAddress(host)
  if (/^(?:.+\.)?localhost$/.test(host)) return MACHINE
  return PRIVATE_NAME.test(host) ? PRIVATE : undefined
}

function networkOf(
  networks: readonly Network[],
  bitsOf: (address: string) => string | undefined,
  address: string,
): string | undefined {
  return networks.find(([prefix, bits]) => address.startsWith((bitsOf(prefix) ?? '').slice(0, bits)))?.[2]
}

/** 32 binary digits; undefined for what is no IPv4 address with four decimal parts. */
function bitsOf4(address: string): string | undefined {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  return parts.map(part => Number(part).toString(2).padStart(8, '0')).join('')
}

/** 128 binary digits; undefined for what is no IPv6 address. */
function bitsOf6(address: string): string | undefined {
  if (!address.includes(':') || !URL.canParse(`http://[${address}]/`)) return undefined
  // Written in one way by URLs: small letters, and an embedded IPv4 address as two groups.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const missing = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...groups(tail)]
  return all.map(group => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}
