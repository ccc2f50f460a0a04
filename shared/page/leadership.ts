/**
 * Which of the tabs of a page does what one does for all: the leader, a tab that is looked at wherever there is one. The
 * browser's locks decide, so that a tab that is closed, or crashes, is followed by another one at once.
 */

/** Whether the browser has locks and a way for tabs to talk: old ones do not, nor does a page that came over a network without TLS. */
export const canLead = (): boolean => 'locks' in navigator && 'BroadcastChannel' in globalThis

/**
 * Works until the returned function is called. `begin` and `end` are called in turn, never twice in a row. Where
 * tabs cannot agree, every tab leads.
 *
 * Two locks: whoever has `name` leads, and all tabs wait for it. Only one visible tab at a time has the other; it takes the lead
 * from whoever has it, who is hidden then and may be frozen.
 */
export function lead(name: string, { begin, end }: { begin: () => void; end: () => void }): () => void {
  if (!canLead()) {
    begin()
    return end
  }
  const { locks } = navigator
  const leaving = new AbortController()
  const { signal } = leaving
  let held = 0

  const tenure = async (): Promise<void> => {
    held += 1
    if (held === 1) begin()
    await aborted(signal)
  }
  const tenureIsOver = (): void => {
    held -= 1
    if (held === 0) end()
  }
  /** Resolves when the lock was taken away, given back or not waited for any more. */
  const hold = async (options: LockOptions): Promise<void> => {
    let had = false
    const work = () => {
      had = !signal.aborted
      return had ? tenure() : undefined
    }
    try {
      await locks.request(name, options, work)
    } catch (error) {
      if (!isAbort(error)) throw error
    } finally {
      if (had) tenureIsOver()
    }
  }

  const wait = async (): Promise<void> => {
    while (!signal.aborted) await hold({ signal })
  }
  const takeWhileVisible = async (): Promise<void> => {
    while (!signal.aborted) {
      await visibility('visible', signal)
      const hidden = new AbortController()
      void visibility('hidden', signal).then(() => hidden.abort())
      const work = async () => {
        if (held === 0) hold({ steal: true }).catch(() => undefined)
        await aborted(hidden.signal)
      }
      try {
        await locks.request(`${name} visible`, { signal: hidden.signal }, work)
      } catch (error) {
        if (!isAbort(error)) throw error
      }
    }
  }
  /** Locks that are refused, as in a page without an origin, are as good as none. */
  const alone = () => void tenure()
  wait().catch(alone)
  takeWhileVisible().catch(() => undefined)
  return () => leaving.abort()
}

/** Not waited for any more, or taken away. */
const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Resolves once the page is so, or `signal` aborts. */
async function visibility(state: DocumentVisibilityState, signal: AbortSignal): Promise<void> {
  const found = new AbortController()
  const look = () => {
    if (document.visibilityState === state) found.abort()
  }
  document.addEventListener('visibilitychange', look, { signal: AbortSignal.any([signal, found.signal]) })
  look()
  await aborted(AbortSignal.any([signal, found.signal]))
}
