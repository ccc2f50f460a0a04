/** A caller that answers by a script, and questions to put to it. */
import type { Ask, Caller } from '../../proxy/providers/caller.ts'
import type { AnswerEvent, Failure } from '../../proxy/providers/provider.ts'
import { Heard } from './heard.ts'
import type { MemoryProxy } from './memory-proxy.ts'

export type ScriptedCaller = Caller & { readonly asked: Heard<Ask> }

export const END = { kind: 'end', ending: 'stop' } as const satisfies AnswerEvent
export const text = (piece: string): AnswerEvent => ({ kind: 'text', text: piece })
export const failing = (code: Failure['code'], more: Partial<Failure> = {}): AnswerEvent => ({
  kind: 'error',
  failure: { code, message: `It is ${code}.`, retryable: true, ...more },
})

/** `asked` hears of each call. */
export function scripted(script: (ask: Ask, n: number) => AsyncGenerator<AnswerEvent, void>): ScriptedCaller {
  const asked = new Heard<Ask>()
  return {
    asked,
    ask: ask => {
      asked.add(ask)
      return script(ask, asked.all.length)
    },
    close: async () => {},
  }
}

export const saying = (...events: AnswerEvent[]): ScriptedCaller =>
  scripted(async function* () {
    yield* events
  })

/** By the model of the route that is asked: what it says. */
export const byModel = (says: Readonly<Record<string, readonly AnswerEvent[]>>): ScriptedCaller =>
  scripted(async function* ({ route }) {
    yield* says[route.model] ?? [END]
  })

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Says a piece, then waits until it is aborted. */
export const endless = (): ScriptedCaller =>
  scripted(async function* ({ signal }) {
    yield text('half')
    await aborted(signal)
    yield { kind: 'end', ending: 'cancelled' }
  })

/** Resolves once a question is over. @returns what is kept for the peer then */
export async function settled(proxy: MemoryProxy, id: string) {
  while (proxy.questions.open(id) !== undefined) await new Promise(resolve => setImmediate(resolve))
  return proxy.kept()
}
