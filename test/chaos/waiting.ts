/** What the rows wait for, where no event tells of it. */
import { ProxyViews } from '../../shared/protocol/control.ts'
import { call } from '../harness/peer-client.ts'

/** Asks again and again until it is so. A test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Which version of its table a proxy has applied, and which it should have; undefined of one that the controller does not know. */
export async function tableVersion(controller: string, name: string) {
  const answer = await call('GET', `${controller}/api/proxies`)
  return ProxyViews.parse(answer.body).find(view => view.name === name)?.version
}

/** Resolves once the proxy has its newest table in force. */
export const converged = (controller: string, name: string): Promise<void> =>
  until(async () => {
    const version = await tableVersion(controller, name)
    return version !== undefined && version.applied === version.wanted
  })
