/** The processes of the ground that answer HTTP, with what hostile requests may say to each without being right to take it apart. */
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import { PeerName } from '../../shared/protocol/names.ts'
import type { Request, Target } from './cases.ts'
import type { Ground } from './ground.ts'
import { routesOf } from './routes.ts'

/** Nobody whom the witness needs. */
const OTHERS = [
  'mallory',
  'carol',
  'CAROL',
  'nobody',
  'GPT',
  'H1',
  'H2',
  'H3',
  'H4',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'CON',
]
const EVERYBODY = [...OTHERS, 'alice', 'bob', 'Bob', 'thermometer1', 'thermometer1']

/** Only addresses of this machine, and names that nobody has. */
const HOSTS = [
  '127.0.0.1',
  'localhost',
  '::1',
  '0.0.0.0',
  'x.invalid',
  '127.0.0.1:80',
  '[::1]',
  '127.1',
  '0x7f000001',
  'a b',
  '-',
]

export async function targetsOf(ground: Ground): Promise<Target[]> {
  const { overlay, launcher, key, upstream, member } = ground
  const known = {
    names: EVERYBODY,
    uuids: member.heard,
    urls: [
      ...[
        upstream.baseUrl('openai'),
        upstream.baseUrl('gemini'),
        `http://127.0.0.1:${member.port}/`,
        'http://x.invalid/v1',
      ],
      ...[
        'http://user:pass@127.0.0.1:1/',
        'http://127.0.0.1:1/?a=b#c',
        'https://127.0.0.1:1',
        'http://[::1]:1/',
        'http://127.0.0.1:1/..//',
      ],
    ],
    hosts: HOSTS,
    ports: [member.port, upstream.port, 1, 65_535],
  }
  const others = { ...known, names: OTHERS }
  const bearer = `Bearer ${key}`
  const token = `Bearer ${launcher.token}`
  const [peer, proxy, controller, own] = await Promise.all([
    routesOf(ground.peer('alice')),
    routesOf(ground.proxy('alice')),
    routesOf(overlay.controller),
    routesOf(launcher.url, { authorization: token }),
  ])
  const ofPeer = (name: 'alice' | 'bob' | 'carol'): Target => ({
    name: `peer ${name}`,
    origin: ground.peer(name),
    routes: peer,
    known,
    spares: request => name !== 'carol' && request.method === 'DELETE',
  })
  const ofProxy = (name: 'alice' | 'bob' | 'carol' | 'thermometer1'): Target => ({
    name: `proxy ${name}`,
    origin: ground.proxy(name),
    routes: proxy,
    // Who says to be somebody else cannot be told from them yet.
    known: name === 'carol' ? known : others,
    spares: request => name !== 'carol' && request.path.startsWith('/attach'),
  })
  return [
    ...[ofPeer('alice'), ofPeer('bob'), ofPeer('carol')],
    ...[ofProxy('alice'), ofProxy('bob'), ofProxy('carol'), ofProxy('thermometer1')],
    ...[1, 2].map(() => ({
      name: 'controller',
      origin: overlay.controller,
      routes: controller,
      known: others,
      authorization: bearer,
    })),
    { name: 'launcher', origin: launcher.url, routes: own, known, authorization: token, spares: isRightlyDone },
  ]
}

/** What the launcher would rightly do for whoever has its token: stop, and take persons in or away. */
function isRightlyDone({ path, headers, body }: Request): boolean {
  if (headers['authorization'] === undefined) return false
  if (path.includes('/api/stop')) return true
  const sent = jsonOrNothing(String(body ?? ''))
  const named = typeof sent === 'object' && sent !== null && 'name' in sent ? sent.name : undefined
  const [last = ''] = path.split('/').at(-1)?.split('?') ?? []
  return [named, decoded(last)].some(name => PeerName.safeParse(name).success && name !== 'persons')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
