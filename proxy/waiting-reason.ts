/** Why messages wait, in words for the person who sent them. */
import { CallRefusedError } from '../shared/process/http-client.ts'
import { StorageFailedError } from '../shared/process/store-failure.ts'
import { UnknownPeerError } from '../shared/protocol/errors.ts'

/** @param error what the last attempt to deliver ended with */
export function waitingReason(error: unknown, name: string): string {
  if (error instanceof UnknownPeerError) return `No route leads to ${name} now.`
  if (error instanceof StorageFailedError) return `The own proxy cannot go on: ${error.message}`
  if (error instanceof CallRefusedError) return `${name}'s proxy does not take messages: ${error.message}`
  return `${name} is offline.`
}
