/**
 * The web proxies that the environment names for the way to the providers: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in
 * small letters or capitals. As in curl and undici the small letters win, and `HTTP_PROXY` alone is for both schemes.
 */
import { BlockList, isIP } from 'node:net'
import { Secret } from '../../shared/process/secret.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `origin` without user and password; `authorization` is the header that carries them. */
export type WebProxy = {
  readonly origin: string
  readonly variable: string
  readonly authorization?: Secret
}

/** A proxy that cannot be used. The message names it, and never its password. */
export class WebProxyError extends Error {
  /** Whether another attempt may find it well. */
  readonly retryable: boolean
  constructor(message: string, { retryable = false, cause }: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.retryable = retryable
  }
}

export type WebProxies = {
  /**
   * The proxy for an address such as `https://api.openai.com`, or undefined where it is reached directly.
   * @throws {WebProxyError} when the variable for it holds no address of a proxy
   */
  readonly for: (address: string) => WebProxy | undefined
  /** For the log: what is used for what; undefined where there is none. */
  readonly described: Readonly<Record<string, string>> | undefined
}

export function webProxiesOf(environment: Environment): WebProxies {
  const http = named(environment, 'http_proxy')
  const https = named(environment, 'https_proxy') ?? http
  const { value: noProxy = '' } = named(environment, 'no_proxy') ?? {}
  const isExempt = exemptionsOf(noProxy)
  const described = { ...describe('https', https), ...describe('http', http), ...(noProxy !== '' && { noProxy }) }
  return {
    for: address => {
      const url = new URL(address)
      const variable = url.protocol === 'https:' ? https : http
      return variable === undefined || isLoopback(url) || isExempt(url) ? undefined : proxyOf(variable)
    },
    described: https === undefined && http === undefined ? undefined : described,
  }
}

type Variable = { readonly name: string; readonly value: string }

/** An empty variable is none, and takes the place of nothing. */
function named(environment: Environment, small: string): Variable | undefined {
  for (const name of [small, small.toUpperCase()]) {
    const value = environment[name]?.trim()
    if (value) return { name, value }
  }
  return undefined
}

function describe(scheme: string, variable: Variable | undefined): Record<string, string> {
  if (variable === undefined) return {}
  try {
    return { [scheme]: proxyOf(variable).origin }
  } catch (error) {
    if (error instanceof WebProxyError) return { [scheme]: error.message }
    throw error
  }
}

/** `proxy:3128` means `http://proxy:3128`. What cannot be read is not quoted: it may hold a password. */
function proxyOf({ name, value }: Variable): WebProxy {
  const address = value.includes('://') ? value : `http://${value}`
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw new WebProxyError(`${name} is not the address of a web proxy, such as http://proxy.example:3128`)
  const { origin, username, password } = new URL(address)
  if (username === '') return { origin, variable: name }
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')
  return { origin, variable: name, authorization: new Secret(`Basic ${credentials}`) }
}

/** A bare `%` in a password is meant as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('0.0.0.0')
LOOPBACK.addAddress('::1', 'ipv6')
LOOPBACK.addAddress('::', 'ipv6')

function isLoopback(url: URL): boolean {
  const host = hostOf(url)
  return /^(.+\.)?localhost$/.test(host) || isIn(LOOPBACK, host)
}

function isIn(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/** Entries are a host with all below it, an address, a network such as `10.0.0.0/8`, each perhaps with a port, or `*`. */
function exemptionsOf(noProxy: string): (url: URL) => boolean {
  const rules = noProxy
    .split(/[,\s]+/)
    .filter(entry => entry !== '')
    .map(ruleOf)
  return url => rules.some(rule => rule(url))
}

function ruleOf(entry: string): (url: URL) => boolean {
  if (entry === '*') return () => true
  const network = networkOf(entry)
  if (network !== undefined) return url => isIn(network, hostOf(url))
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? []
  const host = (bracketed ?? plain ?? entry)
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  return url => {
    const asked = hostOf(url)
    const isPort = port === undefined || Number(port) === portOf(url)
    return isPort && (asked === host || asked.endsWith(`.${host}`))
  }
}

const portOf = ({ port, protocol }: URL): number => (port !== '' ? Number(port) : protocol === 'https:' ? 443 : 80)

function networkOf(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(entry) ?? []
  const family = isIP(address)
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return list
}
