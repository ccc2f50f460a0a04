/** Where a process listens: `HOST:PORT`. As long as members cannot prove who they are, the host is this machine. */
import * as z from 'zod'
import { BEYOND_LOOPBACK, isLoopback, LOOPBACK } from '../shared/process/guard.ts'

export type Address = { readonly host: string; readonly port: number }

const FORM = /^(?<host>[A-Za-z0-9.-]+):(?<port>\d{1,5})$/

/** An address of this machine, as a text in the configuration. */
export const LoopbackAddress = z.string().superRefine((text, context) => {
  const problem = addressProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

function addressProblem(text: string): string | undefined {
  const { host, port } = readAddress(text)
  if (host === '' || port < 1 || port > 65_535) return `must be HOST:PORT, such as ${LOOPBACK}:5001`
  if (host.toLowerCase() === 'localhost') return `must name its host by number: ${LOOPBACK}:${port}`
  if (!isLoopback(host)) return `${BEYOND_LOOPBACK}: use ${LOOPBACK}, or another address that begins with 127`
  return undefined
}

/** Of a text that {@link LoopbackAddress} has let pass. */
export function readAddress(text: string): Address {
  const { host = '', port = '' } = FORM.exec(text)?.groups ?? {}
  return { host, port: Number(port) }
}

export const addressText = ({ host, port }: Address): string => `${host}:${port}`

/** For a program. */
export const originOf = (address: Address): string => `http://${addressText(address)}`

/** For a person, who knows this machine as localhost. */
export const linkTo = ({ host, port }: Address): string =>
  originOf({ host: host === LOOPBACK ? 'localhost' : host, port })
