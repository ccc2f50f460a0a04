/** Answers one request in one wire format: key, body, steering, then the answer. */
import type { ServerResponse } from 'node:http'
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import type { ApiKind } from '../../shared/protocol/route.ts'
import type { Calls, DemoCall, Outcome } from './calls.ts'
import { modelAnswer } from './model-lists.ts'
import { play, send } from './play.ts'
import { scriptOf } from './script.ts'
import type { Pace, Steering } from './steering.ts'
import { faultOf, steeringOf } from './steering.ts'
import type { Asked, FaultFacts, Heard, Refusal, Wire } from './wire.ts'
import { isRefusal } from './wire.ts'

/** One format as it is served. */
export type Service = { readonly kind: ApiKind; readonly wire: Wire; readonly key: string; readonly newline: string }

export type Request = Omit<Heard, 'body'> & { readonly path: string; readonly text: string }

export type HandlerOptions = { readonly calls: Calls; readonly pieceMs: number; readonly now: () => number }

/** A slow answer takes this many times longer between its pieces. */
const SLOWNESS = 10

/** Remembers which questions failed once, and numbers the answers. */
export class Handler {
  readonly #options: HandlerOptions
  readonly #failedOnce = new Set<string>()
  #answers = 0

  constructor(options: HandlerOptions) {
    this.#options = options
  }

  /** Answers on the response itself. Resolves when the answer is sent or the connection closed. */
  async handle(service: Service, request: Request, response: ServerResponse): Promise<void> {
    const body = jsonOrNothing(request.text)
    const outcome = this.#decide(service, { ...request, body })
    const { kind } = service
    const record = (status: number, ended: Promise<Outcome>): Promise<Outcome> => {
      const { path, headers } = request
      const call: DemoCall = { kind, path, headers, body, status, outcome: ended }
      this.#options.calls.add(call)
      return ended
    }
    if (isRefusal(outcome)) await record(outcome.status, send(response, outcome))
    else await record(200, this.#answer(service, outcome, response))
  }

  /** The list of models, or one of them. */
  async list({ kind, wire, key }: Service, request: Omit<Request, 'text'>, response: ServerResponse): Promise<void> {
    const { path, headers, tail } = request
    const given = wire.keyOf(headers)
    const model = tail === 'models' ? undefined : tail
    const body = modelAnswer(kind, model)
    const unknown = wire.fault('unknown-model', { model: tail }) ?? { status: 404, body: '' }
    const answer = given !== key ? wire.refuseKey(given) : body === undefined ? unknown : { status: 200, body }
    const outcome = send(response, answer)
    this.#options.calls.add({ kind, path, headers, body: undefined, status: answer.status, outcome })
    await outcome
  }

  #decide({ kind, wire, key }: Service, heard: Heard): Asked | Refusal {
    const given = wire.keyOf(heard.headers)
    if (given !== key) return wire.refuseKey(given)
    if (heard.body === undefined) return wire.refuseGarbage()
    const asked = wire.check(heard)
    if (isRefusal(asked)) return asked
    const question = asked.texts.at(-1) ?? ''
    return this.#fault(wire, asked, { steering: steeringOf(question), once: `${kind} ${question}` }) ?? asked
  }

  #fault(wire: Wire, asked: Asked, { steering, once }: { steering: Steering; once: string }): Refusal | undefined {
    const { model } = asked
    const { quota, tooLong, failOnce, status, waitMs } = steering
    if (quota) return wire.fault('no-credit', { model })
    if (tooLong) return wire.fault('too-long', { model })
    if (failOnce !== undefined && !this.#failedOnce.delete(once)) {
      this.#failedOnce.add(once)
      return withStatus(wire, failOnce, { model, waitMs })
    }
    return status === undefined ? undefined : withStatus(wire, status, { model, waitMs })
  }

  #answer({ wire, newline }: Service, asked: Asked, response: ServerResponse): Promise<Outcome> {
    const steering = steeringOf(asked.texts.at(-1) ?? '')
    const id = `demo${String(++this.#answers).padStart(8, '0')}`
    const script = scriptOf(asked, steering, { id, created: Math.floor(this.#options.now() / 1000) })
    if (!asked.streams) return send(response, { status: 200, body: wire.whole(asked, script) })
    const { breaks } = steering.pace
    const status = breaks?.how === 'error' ? breaks.status : undefined
    const { model } = asked
    return play(response, {
      frames: wire.frames(asked, script),
      newline,
      pace: steering.pace,
      pauseOf: pauses(steering.pace, this.#options.pieceMs),
      fault: wire.streamFault(status === undefined ? undefined : withStatus(wire, status, { model })),
    })
  }
}

/** Models do not write evenly: from two thirds to four thirds of the pause, in a fixed order. A steered pause is even. */
function pauses({ slow, pieceMs }: Pace, usualMs: number): (piece: number) => number {
  if (pieceMs !== undefined) return () => pieceMs
  const mean = slow ? Math.max(1, usualMs) * SLOWNESS : usualMs
  return piece => (mean * (4 + ((piece * 3) % 5))) / 6
}

/** A status that the provider itself does not answer with comes as a page of a server in between. */
function withStatus(wire: Wire, status: number, facts: FaultFacts): Refusal {
  const fault = faultOf(status)
  const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`
  return (fault && wire.fault(fault, facts)) ?? { status, body: page }
}
