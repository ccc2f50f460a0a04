/** A write that must not be given up: a disk that does not take it now is tried again. */
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'

/** Pause after the disk did not take it, in milliseconds. */
const AGAIN_MS = 500

/**
 * @param until.signal ends the trying, not a write under way
 * @returns what `work` returned; undefined when it was given up
 */
export async function untilTaken<T>(
  store: Pick<Store, 'write'>,
  work: () => T,
  { signal, onFailure }: { signal: AbortSignal; onFailure: (error: unknown) => void },
): Promise<T | undefined> {
  for (;;)
    try {
      return await store.write(work)
    } catch (error) {
      onFailure(error)
      if (signal.aborted) return undefined
      await new Wake().sleep(signal, AGAIN_MS)
    }
}
