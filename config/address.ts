/** Where a process listens: `HOST:PORT`. As long as members cannot prove who they are, the host is this machine. */
import * as z from 'zod'
import { LOOPBACK } from '../shared/process/guard.ts'

export type Address = { readonly host: string; readonly port: number }

const FORM = /^(?<host>[A-Za-z0-9.-]+):(?<port>\d{1,5})$/

/** An address of this machine, as a text in the configuration. */
export const LoopbackAddress = z.string().superRefine((text, context) => {
  const problem = addressProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

function addressProblem(text: string): string | undefined {
  const found = FORM.exec(text)?.groups
  const port = Number(found?.['port'])
  if (found === undefined || port < 1 || port > 65_535) return 'must be HOST:PORT, such as 127.0.0.1:5001'
  if (!isLoopback(found['host'] ?? ''))
    return `is beyond this machine, which is refused as long as members cannot prove who they are: use ${LOOPBACK}, or another address that begins with 127`
  return undefined
}

/** Whether only programs of this machine reach a host: 127.0.0.0/8, all of which is loopback (RFC 1122, 3.2.1.3). */
export const isLoopback = (host: string): boolean =>
  /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) && host.split('.').every(part => Number(part) <= 255)

/** Of a text that {@link LoopbackAddress} has let pass. */
export function readAddress(text: string): Address {
  const { host = '', port = '' } = FORM.exec(text)?.groups ?? {}
  return { host, port: Number(port) }
}
