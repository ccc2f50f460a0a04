/** What the client says of itself when it starts. */
import type { Me, Peer } from '../../shared/protocol/peer-api.ts'
import { type Line, styled } from './line.ts'

export function bannerLines({ name, displayName }: Me, peers: readonly Peer[]): Line[] {
  const who = displayName === name ? name : `${displayName} (${name})`
  const online = peers.filter(peer => peer.online).map(peer => peer.name)
  return [
    [styled('strong', `Overlay Chat: you are ${who}.`), ' NAME: text sends, !help lists the rest.'],
    [styled('dim', online.length === 0 ? 'Nobody is online.' : `Online: ${online.join(', ')}.`)],
  ]
}
