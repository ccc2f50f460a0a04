/** What the failure of a delivery says: why messages wait, whether they may have arrived, which one the recipient refuses. */
import { CallRefusedError } from '../shared/process/http-client.ts'
import { StorageFailedError } from '../shared/process/store-failure.ts'
import { UnknownPeerError } from '../shared/protocol/errors.ts'
import type { Acknowledgement, BatchItem } from '../shared/protocol/overlay.ts'
import { UnreachableError } from './transport.ts'

/** It answered, again and again, and took nothing. */
export class NothingTakenError extends Error {
  constructor(name: string) {
    super(`${name}'s proxy answers, but takes no message.`)
  }
}

/** @param error what the last attempt to deliver ended with */
export function waitingReason(error: unknown, name: string): string {
  if (error instanceof UnknownPeerError) return `No route leads to ${name} now.`
  if (error instanceof StorageFailedError) return `The own proxy cannot go on: ${error.message}`
  if (error instanceof CallRefusedError) return `${name}'s proxy does not take messages: ${error.message}`
  if (error instanceof NothingTakenError) return error.message
  return `${name} is offline.`
}

/** Whether a batch may be at the recipient although nobody acknowledged it. */
export const mayHaveArrived = (error: unknown): boolean =>
  !(error instanceof UnreachableError || error instanceof UnknownPeerError)

/** The message for which a recipient refuses a whole request, if it names one: it must not hold up the others. */
export function poisonIn(error: unknown, items: readonly BatchItem[]): Acknowledgement['refused'][number] | undefined {
  if (!(error instanceof CallRefusedError) || error.code !== 'invalid_input') return undefined
  const index = /^messages\.(\d+)\./.exec(error.field ?? '')?.[1]
  const item = index === undefined ? undefined : items[Number(index)]
  return item?.message ? { sequence: item.sequence, reason: error.message } : undefined
}
