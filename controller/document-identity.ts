/** Whose document it is: settled by the first start, for good. */
import { StartError } from '../shared/process/start-error.ts'
import type { State } from './document.ts'

/**
 * The state, marked as that of a demonstration or not for good: the keys of the one would replace those of the other.
 * @throws {StartError} when it is marked otherwise
 */
export function markDemo(state: State, { demo, data }: { demo: boolean; data: string }): State {
  if (state.demo === demo) return state
  if (state.demo === undefined) return { ...state, demo }
  throw new StartError(
    demo
      ? `Cannot start a demonstration: the data in ${data} is not of one, and its keys would be lost. Leave --demo out, or choose another folder with --data.`
      : `Cannot start: the data in ${data} is of a demonstration. Add --demo, or choose another folder with --data.`,
  )
}

/** The state with an identity of its own: versions of tables are counted within it, and another document begins anew. */
export const identified = (state: State, newId: () => string): State =>
  state.id === undefined ? { ...state, id: newId() } : state
