/** Routes of ours in somebody's table. */
import { expect, vi } from 'vitest'
import { ProxyViews, TableView } from '../../shared/protocol/control.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { call } from '../harness/peer-client.ts'

/** For a route to a provider of ours, which listens on this machine. */
export const OURS = { privateNetwork: true } as const

/** Adds routes to a table, and resolves once the proxy has applied it. @throws {Error} for a table that is refused */
export async function addRoutes(
  controller: string,
  name: string,
  routes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const saved = await tryRoutes(controller, name, routes)
  if (saved.status !== 200) throw new Error(`the table of ${name} was refused: ${JSON.stringify(saved.body)}`)
  const { version } = TableView.parse(saved.body)
  await vi.waitFor(
    async () => {
      const proxies = ProxyViews.parse((await call('GET', `${controller}/api/proxies`)).body)
      expect(proxies.find(proxy => sameName(proxy.name, name))?.version.applied).toBeGreaterThanOrEqual(version)
    },
    { timeout: 30_000, interval: 20 },
  )
}

/** Asks for a table with more routes. @returns what the controller says */
export async function tryRoutes(controller: string, name: string, routes: Readonly<Record<string, unknown>>) {
  const url = `${controller}/api/proxies/${name}/endpoints`
  const { version, endpoints } = TableView.parse((await call('GET', url)).body)
  return call('PUT', url, { endpoints: { ...endpoints, ...routes } }, { 'if-match': `"${version}"` })
}
