/** Looks, before anything starts, whether every port is free: a clear sentence instead of a half-started overlay. */
import { createServer } from 'node:net'
import { type ListeningPlace, listenProblem } from '../process/listen-problem.ts'

/** @throws {StartError} for the first address that cannot be had */
export async function requireFreePorts(wanted: readonly ListeningPlace[]): Promise<void> {
  for (const problem of await Promise.all(wanted.map(problemOf))) if (problem !== undefined) throw problem
}

export const allFree = async (wanted: readonly ListeningPlace[]): Promise<boolean> =>
  (await Promise.all(wanted.map(problemOf))).every(problem => problem === undefined)

const problemOf = (place: ListeningPlace): Promise<Error | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve(listenProblem(error, place)))
    server.listen(place.port, place.host, () => server.close(() => resolve(undefined)))
  })
