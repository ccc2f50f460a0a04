/** What came of trying a key or a route: one line, which proxy said it, and the models to choose from. */
import type { ListedModel } from '../../../shared/protocol/trial.ts'
import { Notice } from '../parts/notice.tsx'
import type { TrialState } from './use-trial.ts'

export function TrialLine({ trial: { answer, problem } }: { trial: TrialState }) {
  if (problem !== undefined) return <Notice tone="bad">{problem}</Notice>
  if (answer === undefined) return null
  return (
    <Notice tone={answer.ok ? 'good' : 'bad'}>
      {answer.message} <span class="muted">Tried by the proxy of {answer.proxy}.</span>
    </Notice>
  )
}

const words = ({ id, shutdown }: ListedModel): string => (shutdown === undefined ? id : `${id} (until ${shutdown})`)

type Props = { models: readonly ListedModel[]; model: string; onChoose: (model: string) => void }

/** The models that the provider lists; nothing where it lists none. A list of the field's own would show only what begins as typed. */
export const ModelChoice = ({ models, model, onChoose }: Props) =>
  models.length === 0 ? null : (
    <select
      class="field"
      aria-label="Listed models"
      value={models.some(({ id }) => id === model) ? model : ''}
      onChange={event => onChoose(event.currentTarget.value)}
    >
      <option value="" disabled>
        Choose a model…
      </option>
      {models.map(listed => (
        <option key={listed.id} value={listed.id}>
          {words(listed)}
        </option>
      ))}
    </select>
  )
