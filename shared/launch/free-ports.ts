/** Looks, before anything starts, whether every port is free: a clear sentence instead of a half-started overlay. */
import { createServer } from 'node:net'
import { LOOPBACK } from '../process/guard.ts'
import { type ListeningPlace, LOOPBACK_6, lacksAddress, listenProblem } from '../process/listen-problem.ts'

/** @throws {StartError} for the first address that cannot be had */
export async function requireFreePorts(wanted: readonly ListeningPlace[]): Promise<void> {
  for (const problem of await Promise.all(wanted.map(problemOf))) if (problem !== undefined) throw problem
}

export const allFree = async (wanted: readonly ListeningPlace[]): Promise<boolean> =>
  (await Promise.all(wanted.map(problemOf))).every(problem => problem === undefined)

/** What is served on 127.0.0.1 is served on ::1 too, where the machine has that. */
const problemOf = async (place: ListeningPlace): Promise<Error | undefined> =>
  (await problemAt(place)) ?? (place.host === LOOPBACK ? await problemAt({ ...place, host: LOOPBACK_6 }) : undefined)

const problemAt = (place: ListeningPlace): Promise<Error | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    const mayLack = place.host === LOOPBACK_6
    server.once('error', error => resolve(mayLack && lacksAddress(error) ? undefined : listenProblem(error, place)))
    server.listen(place.port, place.host, () => server.close(() => resolve(undefined)))
  })
