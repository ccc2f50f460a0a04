/** Routes of ours in somebody's table. */
import { expect, vi } from 'vitest'
import { TableView } from '../../shared/protocol/control.ts'
import { Peers } from '../../shared/protocol/peer-api.ts'
import { call } from '../harness/peer-client.ts'

/** For a route to a provider of ours, which listens on this machine. */
export const OURS = { privateNetwork: true } as const

/** Whose table: with the controller that keeps it, and the peer that learns of it last. */
export type Owner = { readonly controller: string; readonly peer: string; readonly name: string }

/** Adds routes to a table, and resolves once the peer knows their names. @throws {Error} for a table that is refused */
export async function addRoutes(
  { controller, peer, name }: Owner,
  routes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const saved = await tryRoutes(controller, name, routes)
  if (saved.status !== 200) throw new Error(`the table of ${name} was refused: ${JSON.stringify(saved.body)}`)
  await arePeers(peer, Object.keys(routes))
}

export async function arePeers(peer: string, names: readonly string[]): Promise<void> {
  const known = async () => Peers.parse((await call('GET', `${peer}/api/peers`)).body).map(({ name }) => name)
  await vi.waitFor(async () => expect(await known()).toEqual(expect.arrayContaining([...names])), {
    timeout: 30_000,
    interval: 20,
  })
}

/** Asks for a table with more routes. @returns what the controller says */
export async function tryRoutes(controller: string, name: string, routes: Readonly<Record<string, unknown>>) {
  const url = `${controller}/api/proxies/${name}/endpoints`
  const { version, endpoints } = TableView.parse((await call('GET', url)).body)
  return call('PUT', url, { endpoints: { ...endpoints, ...routes } }, { 'if-match': `"${version}"` })
}
