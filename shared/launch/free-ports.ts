/** Looks, before anything starts, whether every port is free: a clear sentence instead of a half-started overlay. */
import { createServer } from 'node:net'
import { LOOPBACK } from '../process/guard.ts'
import { PortInUseError } from '../process/start-error.ts'

/** @throws {PortInUseError} for the first port that another program has */
export async function requireFreePorts(wanted: readonly { process: string; port: number }[]): Promise<void> {
  for (const { process, port, free } of await Promise.all(
    wanted.map(async entry => ({ ...entry, free: await isFree(entry.port) })),
  ))
    if (!free) throw new PortInUseError(port, process)
}

export const allFree = async (wanted: readonly { port: number }[]): Promise<boolean> =>
  (await Promise.all(wanted.map(({ port }) => isFree(port)))).every(Boolean)

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)))
  })
