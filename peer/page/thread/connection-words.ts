/** What the reader is told when something between this peer and its controller is away, and what that means. */
import type { Connection } from '../../../shared/protocol/peer-api.ts'

/** The nearest trouble only: what is behind it is not known then. */
export function connectionWords({
  proxy,
  controller,
  joined,
}: Connection): { readonly of: 'proxy' | 'controller' | 'table'; readonly words: string } | undefined {
  if (!proxy)
    return { of: 'proxy', words: 'The proxy is not reachable: messages are saved here and sent when it is back.' }
  if (!joined)
    return {
      of: 'table',
      words: controller
        ? 'The proxy has no routing table yet: nothing can be sent until the controller gives it one.'
        : 'The controller is not reachable, and the proxy has no routing table yet: it joins the overlay, and messages can be sent, when the controller is back.',
    }
  if (!controller)
    return {
      of: 'controller',
      words:
        'The controller is not reachable: messages flow as before, but changes on the dashboard do not arrive until it is back.',
    }
  return undefined
}
