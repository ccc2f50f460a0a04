/** A port base under which every port of an overlay is free, below the range from which the system takes ports by itself. */
import { createServer } from 'node:net'

const LOWEST = 11_000
const HIGHEST = 26_000
/** What one overlay uses above its base: peers, controller, demonstration provider, proxies. */
const offsets = [
  ...Array.from({ length: 12 }, (_, n) => n),
  3000,
  4000,
  ...Array.from({ length: 12 }, (_, n) => 5000 + n),
]

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

export async function freeBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = LOWEST + Math.floor((Math.random() * (HIGHEST - LOWEST)) / 20) * 20
    const free = await Promise.all(offsets.map(offset => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
  throw new Error(`no free ports between ${LOWEST} and ${HIGHEST + 6000}`)
}
