/** What came of trying a key or a route: one line, which proxy said it, and the models to choose from. */
import type { ListedModel, TrialAnswer } from '../../../shared/protocol/trial.ts'
import { failureWords } from '../controller-api.ts'
import { Notice } from '../parts/notice.tsx'

/** `answer` is what a proxy said; `problem` why none could be asked. */
export type TrialState = { readonly busy: boolean; readonly answer?: TrialAnswer; readonly problem?: string }

export const NO_TRIAL: TrialState = { busy: false }

export async function trialFrom(ask: () => Promise<TrialAnswer>): Promise<TrialState> {
  try {
    return { busy: false, answer: await ask() }
  } catch (error) {
    return { busy: false, problem: failureWords(error) }
  }
}

export function TrialLine({ trial: { answer, problem } }: { trial: TrialState }) {
  if (problem !== undefined) return <Notice tone="bad">{problem}</Notice>
  if (answer === undefined) return null
  return (
    <Notice tone={answer.ok ? 'good' : 'bad'}>
      {answer.message} <span class="muted">Tried by the proxy of {answer.proxy}.</span>
    </Notice>
  )
}

const note = ({ shutdown }: ListedModel): string => (shutdown === undefined ? '' : `shut down on ${shutdown}`)

/** The choices of a model's field, with the day on which one is shut down. */
export const ModelChoices = ({ id, models }: { id: string; models: readonly ListedModel[] }) => (
  <datalist id={id}>
    {models.map(model => (
      <option key={model.id} value={model.id} label={note(model) || undefined} />
    ))}
  </datalist>
)
