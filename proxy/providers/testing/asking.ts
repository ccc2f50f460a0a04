/** Asks a question as the proxy does, with time and chance owned by the test. */
import { onTestFinished } from 'vitest'
import { Secret } from '../../../shared/process/secret.ts'
import type { ApiKind } from '../../../shared/protocol/route.ts'
import { ApiRoute } from '../../../shared/protocol/route.ts'
import type { Ask, Caller, CallerOptions } from '../caller.ts'
import { createCaller } from '../caller.ts'
import type { AnswerEvent, Question } from '../provider.ts'
import type { Summary } from './stream-cases.ts'
import { summaryOf } from './stream-cases.ts'

export type Logged = { readonly event: string; readonly fields: object }
export type TestCaller = Caller & { readonly logged: readonly Logged[]; readonly waits: readonly number[] }

/** A caller that does not really wait before a retry, unless told to. It is closed when the test ends. */
export function testCaller(options: Partial<CallerOptions> = {}): TestCaller {
  const logged: Logged[] = []
  const waits: number[] = []
  const note = (fields: object, event: string) => logged.push({ fields, event })
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  const caller = createCaller({ random: () => 0.5, log: { info: note, warn: note }, sleep, ...options })
  onTestFinished(() => caller.close())
  return { ...caller, logged, waits }
}

export type Asking = {
  readonly baseUrl: string
  readonly text?: string
  readonly kind?: ApiKind
  readonly model?: string
  readonly key?: string
  readonly origins?: readonly string[]
  readonly question?: Question
  readonly parameters?: object
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** False for a route that says nothing of it; most tests ask a server of this machine. */
  readonly privateNetwork?: boolean
}

export function askOf(asking: Asking): Ask {
  const { baseUrl, kind = 'openai', model = 'gpt-4.1-mini', key, parameters, timeoutMs } = asking
  const { origins = [new URL(baseUrl).origin], signal = new AbortController().signal, privateNetwork = true } = asking
  const credential = key === undefined ? undefined : kind
  return {
    route: ApiRoute.parse({ kind, baseUrl, model, credential, parameters, timeoutMs, privateNetwork }),
    question: asking.question ?? { turns: [{ role: 'user', text: asking.text ?? 'Hello?' }] },
    credential: key === undefined ? undefined : { secret: new Secret(key), origins },
    signal,
  }
}

/** The whole answer. `onEvent` sees each event as it comes. */
export async function answerTo(
  caller: Caller,
  asking: Asking,
  onEvent: (event: AnswerEvent) => void = () => {},
): Promise<Summary> {
  const events: AnswerEvent[] = []
  for await (const event of caller.ask(askOf(asking))) {
    events.push(event)
    onEvent(event)
  }
  return summaryOf(events)
}
