/** A trial that a form asks for, and its outcome, which holds only for what was in the form then. */
import { useSignal } from '@preact/signals'
import type { TrialAnswer } from '../../../shared/protocol/trial.ts'
import { failureWords } from '../controller-api.ts'

/** `answer` is what a proxy said; `problem` why none could be asked. */
export type TrialState = { readonly busy: boolean; readonly answer?: TrialAnswer; readonly problem?: string }

const NO_TRIAL: TrialState = { busy: false }

async function trialFrom(ask: () => Promise<TrialAnswer>): Promise<TrialState> {
  try {
    return { busy: false, answer: await ask() }
  } catch (error) {
    return { busy: false, problem: failureWords(error) }
  }
}

/** `forget` what was said as soon as the form is changed: also what is still to come is dropped then. */
export function useTrial() {
  const trial = useSignal(NO_TRIAL)
  const forget = (): void => {
    trial.value = NO_TRIAL
  }
  /** @returns the answer, where there is one and it still holds */
  const run = async (ask: () => Promise<TrialAnswer>): Promise<TrialAnswer | undefined> => {
    const mine: TrialState = { busy: true }
    trial.value = mine
    const outcome = await trialFrom(ask)
    if (trial.value !== mine) return undefined
    trial.value = outcome
    return outcome.answer
  }
  return { trial, forget, run }
}
