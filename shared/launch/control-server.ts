/** The launcher's own small API, for other terminals of the same user: state, stop, one person more or fewer. */
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { Api } from '../process/api.ts'
import { serveApp } from '../process/http-server.ts'
import type { Log } from '../process/log.ts'
import { carriesKey } from '../process/overlay-key.ts'
import { Started } from '../process/run.ts'
import { Secret } from '../process/secret.ts'
import { StartError } from '../process/start-error.ts'
import { OverlayError } from '../protocol/errors.ts'
import { writeLauncherFile } from './control-file.ts'
import { Added, AnyName, OverlayStatus, Removed } from './control-protocol.ts'

class WrongTokenError extends OverlayError {
  readonly code = 'wrong_token'
  readonly status = 401
  constructor() {
    super(
      'Cannot answer: the token of the launcher is missing or wrong. It stands in launcher.json in the data folder.',
    )
  }
}

/** What a command of a person cannot have, in words that suit a terminal. */
class RefusedChangeError extends OverlayError {
  readonly code = 'refused_change'
  readonly status = 409
}

export type Running = {
  readonly status: () => OverlayStatus
  readonly stop: () => void
  /** @throws {StartError} */
  readonly add: (name: string) => Promise<Added>
  /** @throws {StartError} */
  readonly remove: (name: string) => Promise<Removed>
}

/** Serves on a free port of loopback, and tells in `launcher.json` where, until it is disposed. */
export async function startControl(data: string, running: Running, log: Log): Promise<AsyncDisposable> {
  const token = new Secret(randomBytes(32).toString('hex'))
  const started = new Started()
  try {
    const app = controlApp(running, { token, log })
    const { port } = started.add(await serveApp(app, { process: 'the launcher', port: 0, connections: 50 }))
    const url = `http://127.0.0.1:${port}`
    started.add(writeLauncherFile(data, { pid: process.pid, url, token: token.reveal() }))
    return started
  } catch (error) {
    await started[Symbol.asyncDispose]()
    throw error
  }
}

export function controlApp(running: Running, { token, log }: { token: Secret; log: Log }): Hono {
  const api = new Api({ title: 'Overlay Chat launcher', log })
  api.route({ method: 'get', path: '/api/status', summary: 'What runs', answers: { 200: OverlayStatus } }, ({ c }) =>
    c.json(running.status()),
  )
  api.route(
    { method: 'post', path: '/api/stop', summary: 'Stop everything; what ran then', answers: { 202: OverlayStatus } },
    ({ c }) => {
      const status = running.status()
      running.stop()
      return c.json(status, 202)
    },
  )
  api.route(
    { method: 'post', path: '/api/persons', summary: 'One more person', body: AnyName, answers: { 201: Added } },
    async ({ body, c }) => c.json(await orRefuse(running.add(body.name)), 201),
  )
  api.route(
    {
      method: 'delete',
      path: '/api/persons/:name',
      summary: 'One person fewer',
      params: AnyName,
      answers: { 200: Removed },
    },
    async ({ params, c }) => c.json(await orRefuse(running.remove(params.name))),
  )
  return new Hono().all('*', c =>
    carriesKey(c.req.header('authorization'), token)
      ? api.app.fetch(c.req.raw, c.env)
      : c.json(new WrongTokenError().toBody(), 401),
  )
}

async function orRefuse<T>(change: Promise<T>): Promise<T> {
  try {
    return await change
  } catch (error) {
    throw error instanceof StartError ? new RefusedChangeError(error.message) : error
  }
}
