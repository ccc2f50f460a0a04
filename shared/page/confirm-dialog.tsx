/** A question that must be answered before something is lost. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface ConfirmQuestion {
  readonly title: string
  /** Says what will be lost. */
  readonly body: ComponentChildren
  /** The verb on the button that goes on, such as "Clear". */
  readonly confirm: string
}

/** Opens as soon as it is drawn; `Escape`, Cancel and leaving the page behind it answer no. The safe button has the focus. */
export function ConfirmDialog(props: { question: ConfirmQuestion; onAnswer: (confirmed: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = (answer: 'yes' | 'no') => dialog.current?.close(answer)
  // Another page behind it (Back, a link) is another matter: what was asked here is no longer seen.
  useEffect(() => {
    const leave = () => close('no')
    addEventListener('hashchange', leave)
    return () => removeEventListener('hashchange', leave)
  }, [])

  return (
    <dialog
      ref={dialog}
      class="dialog"
      role="alertdialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-body"
      onClose={() => props.onAnswer(dialog.current?.returnValue === 'yes')}
    >
      <h2 id="confirm-title">{props.question.title}</h2>
      <div id="confirm-body" class="dialog-body">
        {props.question.body}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => close('no')}>
          Cancel
        </button>
        <button type="button" class="button danger" onClick={() => close('yes')}>
          {props.question.confirm}
        </button>
      </div>
    </dialog>
  )
}
