/** The events of a peer that the terminal client shows, checked where they come in; it passes over the others. */
import * as z from 'zod'
import { PeerEvents } from '../../shared/protocol/peer-api.ts'

const PeerEvent = z.discriminatedUnion('name', [
  z.object({ name: z.literal('message'), data: PeerEvents.message }),
  z.object({ name: z.literal('state'), data: PeerEvents.state }),
  z.object({ name: z.literal('delta'), data: PeerEvents.delta }),
  z.object({ name: z.literal('peers'), data: PeerEvents.peers }),
  z.object({ name: z.literal('cleared'), data: PeerEvents.cleared }),
  z.object({ name: z.literal('connection'), data: PeerEvents.connection }),
  z.object({ name: z.literal('reset'), data: PeerEvents.reset }),
])
export type PeerEvent = z.infer<typeof PeerEvent>

export const parseEvent = (name: string, data: unknown): PeerEvent | undefined =>
  PeerEvent.safeParse({ name, data }).data
