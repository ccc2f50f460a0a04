/**
 * Judges a conversation as Jepsen judges a queue: the recorded history of every invocation and its answer against what the
 * recipient shows in the end.
 */

/** `ok`: answered 202. `failed`: refused, so that it must never be shown. `unknown`: the connection died, it may be shown or not. */
export type Outcome = 'ok' | 'failed' | 'unknown'

export type Invocation = {
  readonly id: string
  /** A sender sends one message at a time; `counter` grows by one with each. */
  readonly sender: string
  readonly counter: number
  readonly text: string
  /** Places in the order of everything that happened: one invocation was over before another began when its `answered` is smaller. */
  readonly invoked: number
  readonly answered: number
  readonly outcome: Outcome
}

export type Shown = { readonly id: string; readonly message: string }

/** Each entry words one violation. */
export type Verdict = {
  readonly lost: readonly string[]
  readonly twice: readonly string[]
  readonly outOfOrder: readonly string[]
  readonly phantom: readonly string[]
}

/** @param shown what the recipient shows of this sender's messages, in the order of showing */
export function judge(history: readonly Invocation[], shown: readonly Shown[]): Verdict {
  const byId = new Map(history.map(invocation => [invocation.id, invocation]))
  const ids = new Set(shown.map(({ id }) => id))
  return {
    lost: history.filter(({ outcome, id }) => outcome === 'ok' && !ids.has(id)).map(({ text }) => text),
    twice: [...repeats(shown.map(({ id }) => id)), ...repeats(shown.map(({ message }) => message))],
    outOfOrder: disorder(shown.flatMap(({ id }) => byId.get(id) ?? [])),
    phantom: shown.flatMap(message => phantom(message, byId.get(message.id)) ?? []),
  }
}

const repeats = (values: readonly string[]): string[] => {
  const seen = new Set<string>()
  return values.filter(value => {
    const known = seen.has(value)
    seen.add(value)
    return known
  })
}

/** What one sender sent later, or what anybody began to send after this one was answered, must not be shown before it. */
function disorder(shown: readonly Invocation[]): string[] {
  const newest = new Map<string, Invocation>()
  let latest: Invocation | undefined
  return shown.flatMap(invocation => {
    const own = newest.get(invocation.sender)
    const isOver = invocation.outcome === 'ok' && latest !== undefined && invocation.answered < latest.invoked
    const overtook = own !== undefined && own.counter > invocation.counter ? own : isOver ? latest : undefined
    if (own === undefined || own.counter < invocation.counter) newest.set(invocation.sender, invocation)
    if (latest === undefined || latest.invoked < invocation.invoked) latest = invocation
    return overtook === undefined ? [] : [`${invocation.text} after ${overtook.text}`]
  })
}

function phantom({ id, message }: Shown, invocation: Invocation | undefined): string | undefined {
  if (invocation === undefined) return `${id} was never sent: ${message}`
  if (invocation.outcome === 'failed') return `${invocation.text} was refused`
  return invocation.text === message ? undefined : `${invocation.text} is shown as: ${message}`
}

/** Several conversations as one. */
export const together = (verdicts: readonly Verdict[]): Verdict => ({
  lost: verdicts.flatMap(({ lost }) => lost),
  twice: verdicts.flatMap(({ twice }) => twice),
  outOfOrder: verdicts.flatMap(({ outOfOrder }) => outOfOrder),
  phantom: verdicts.flatMap(({ phantom }) => phantom),
})

export const nothingWrong: Verdict = { lost: [], twice: [], outOfOrder: [], phantom: [] }

/** Lost, shown twice, out of order; phantoms only where there are any. */
export const inFigures = ({ lost, twice, outOfOrder, phantom }: Verdict): string =>
  `${lost.length}/${twice.length}/${outOfOrder.length}${phantom.length === 0 ? '' : `, ${phantom.length} phantom`}`
