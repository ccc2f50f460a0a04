/** Asking before something is lost, from anywhere: `await ask(…)` answers whether the person agreed. */
import { signal } from '@preact/signals'
import { ConfirmDialog, type ConfirmQuestion } from '../../../shared/page/confirm-dialog.tsx'

type Asked = { readonly question: ConfirmQuestion; readonly answer: (agreed: boolean) => void }

const asked = signal<Asked | undefined>(undefined)

export const ask = (question: ConfirmQuestion): Promise<boolean> =>
  new Promise(answer => {
    asked.value = { question, answer }
  })

/** Stands once in the page. */
export function Asking() {
  if (asked.value === undefined) return null
  const { question, answer } = asked.value
  return (
    <ConfirmDialog
      question={question}
      onAnswer={agreed => {
        asked.value = undefined
        answer(agreed)
      }}
    />
  )
}
