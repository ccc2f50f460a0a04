/** Under an answer: what is known of it, and asking again. */
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import type { Entry } from '../state/entry.ts'
import { endedBadly } from './asking-again.ts'
import { answerFacts } from './facts.ts'
import { useQuestionToAskAgain } from './use-question-to-ask-again.ts'
import { whereToMend } from './where-to-mend.ts'

export function AnswerFoot({ entry }: { entry: Entry }) {
  const { actions, state } = useChat()
  const { metadata } = entry.record.value
  const question = useQuestionToAskAgain(entry)
  const isBad = endedBadly(metadata)
  const facts = metadata.error === undefined ? answerFacts(metadata) : []
  const mend = whereToMend(metadata.error, state.links.value?.dashboard)
  if (question === undefined && facts.length === 0 && mend === undefined) return null
  const askAgain = (id: string) => {
    state.following.value = true
    void actions.retry(id)
  }
  return (
    <footer class="answer-foot">
      {question !== undefined && (
        <button type="button" class={isBad ? 'button small' : 'button small quiet'} onClick={() => askAgain(question)}>
          <Icon name="refresh" /> {metadata.error === undefined ? 'Ask again' : 'Retry'}
        </button>
      )}
      {mend !== undefined && (
        <a class="button small" href={mend.href} target="_blank" rel="noreferrer">
          <Icon name="grid" /> {mend.words}
        </a>
      )}
      {facts.length > 0 && (
        <details class="facts">
          <summary>Details</summary>
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </footer>
  )
}
