/** Why a process cannot listen where it should, in words and with what helps. */

import { errorCode } from '../protocol/errors.ts'
import { PortInUseError, StartError } from './start-error.ts'

export type ListeningPlace = { readonly process: string; readonly host: string; readonly port: number }

/** The other address that `localhost` may mean. */
export const LOOPBACK_6 = '::1'

/** Whether listening failed because the machine has no such address, as where IPv6 is switched off. */
export const lacksAddress = (error: unknown): boolean =>
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error) ?? '')

/** @returns the error itself when it is none of those that a person can mend */
export function listenProblem(error: Error, { process, host, port }: ListeningPlace): Error {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new PortInUseError(port, process, host)
    case 'EACCES':
      return new StartError(
        `Cannot start ${process}: this account may not open port ${port} of ${host}. Choose a port from 1024 up.`,
      )
    case 'EADDRNOTAVAIL':
      return new StartError(
        `Cannot start ${process}: this machine has no address ${host}. Choose 127.0.0.1 with another port, or add the address (macOS: sudo ifconfig lo0 alias ${host}).`,
      )
    default:
      return error
  }
}
