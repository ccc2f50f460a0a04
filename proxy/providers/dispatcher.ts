/** Every connection to a provider: pooled, straight to it or through the web proxy that the environment names. */
import { lookup as systemLookup } from 'node:dns'
import { type LookupFunction, Socket } from 'node:net'
import { Agent, buildConnector, Client, type Dispatcher } from 'undici'
import { errorCode, errorText } from '../../shared/protocol/errors.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { notReached } from './connection-failure.ts'
import { publicLookup, refusePrivateHost } from './public-lookup.ts'
import { type WebProxies, type WebProxy, WebProxyError, webProxiesOf } from './web-proxy.ts'

/** Longest wait for a connection, and for the tunnel of a web proxy, in milliseconds. */
const CONNECT_MS = 10_000

export type DispatcherOptions = {
  /** Certificates that are trusted instead of the system's, as PEM. */
  readonly ca?: string
  /** Who looks up the names of hosts, instead of the system. */
  readonly lookup?: LookupFunction
}

/** Which connections a route may use: those to private networks are apart, and only for routes that say so. */
export type ProviderDispatcher = {
  for(route: Pick<ApiRoute, 'privateNetwork'>): Dispatcher
  destroy(): Promise<void>
}

/**
 * What calls to providers are made with, and nothing else: the overlay, the controller and loopback are never reached
 * through a web proxy. Whoever makes it destroys it.
 */
export function providerDispatcher(
  proxies: WebProxies = webProxiesOf({}),
  options: DispatcherOptions = {},
): ProviderDispatcher {
  const internet = dispatcherTo('internet', { ...options, proxies })
  const anywhere = dispatcherTo('anywhere', { ...options, proxies })
  return {
    for: ({ privateNetwork }) => (privateNetwork === true ? anywhere : internet),
    destroy: async () => {
      await Promise.all([internet.destroy(), anywhere.destroy()])
    },
  }
}

type Parts = DispatcherOptions & { readonly proxies: WebProxies }

/**
 * A proxy only passes a tunnel through, also for `http`: what is sent to a provider is never put to the proxy itself. undici
 * sets `noDelay` on each connection (7.30, `lib/core/connect.js`). A connection that cannot be made because of the proxy fails
 * with a {@link WebProxyError}, one that would leave the internet with a {@link PrivateAddressError}: the addresses that are
 * looked at are those that are connected to. Behind a web proxy it is the proxy that looks a name up.
 */
function dispatcherTo(reach: 'internet' | 'anywhere', { proxies, ca, lookup = systemLookup }: Parts): Dispatcher {
  const trust = ca === undefined ? {} : { ca }
  const looked = reach === 'internet' ? publicLookup(lookup) : lookup
  const connector = buildConnector({ timeout: CONNECT_MS, lookup: looked, ...trust })
  return new Agent({
    keepAliveTimeout: 60_000,
    connect(target, callback) {
      connectionTo(target).then(
        socket => {
          if (socket === undefined) connector(target, callback)
          else if (target.protocol === 'https:') connector({ ...target, httpSocket: socket }, callback)
          else callback(null, socket)
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      )
    },
  })

  /** A tunnel to the target; undefined where none is wanted. */
  async function connectionTo({ protocol, hostname, port }: buildConnector.Options): Promise<Socket | undefined> {
    if (reach === 'internet') refusePrivateHost(hostname)
    const host = hostname.includes(':') ? `[${hostname}]` : hostname
    const proxy = proxies.for(`${protocol}//${host}${port === '' ? '' : `:${port}`}`)
    const targetPort = port || (protocol === 'https:' ? '443' : '80')
    return proxy === undefined ? undefined : tunnel(proxy, { target: `${host}:${targetPort}`, trust })
  }
}

async function tunnel(
  { origin, variable, authorization }: WebProxy,
  { target, trust }: { target: string; trust: { ca?: string } },
): Promise<Socket> {
  const named = `the web proxy ${origin} of ${variable}`
  const client = new Client(origin, { connect: { timeout: CONNECT_MS, ...trust } })
  try {
    const { statusCode, socket } = await client.connect({
      path: target,
      headers: { host: target, ...(authorization && { 'proxy-authorization': authorization.reveal() }) },
      signal: AbortSignal.timeout(CONNECT_MS),
    })
    if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket
    socket.on('error', () => {}).destroy()
    throw refusal(named, statusCode)
  } catch (error) {
    if (error instanceof WebProxyError) throw error
    throw new WebProxyError(`${named} cannot be reached: ${reasonOf(error)}`, { retryable: true, cause: error })
  } finally {
    // A tunnel has left the client by now.
    client.destroy().catch(() => {})
  }
}

function refusal(named: string, status: number): WebProxyError {
  if (status === 407) return new WebProxyError(`${named} wants another user name or password, status 407`)
  return new WebProxyError(`${named} refuses to connect, status ${status}`, { retryable: status >= 500 })
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it does not answer'
  return notReached(errorCode(error)) ?? errorCode(error) ?? errorText(error)
}
