/** Once the last page is closed nobody reads the answers that were asked for on it: they are stopped, and paid for no further. */
import type { Log } from '../shared/process/log.ts'
import { errorText } from '../shared/protocol/errors.ts'
import type { Chat } from './chat.ts'
import type { Desk } from './desk.ts'
import type { TakingBack } from './taking-back.ts'

export type ClosedPagesParts = {
  readonly takingBack: Pick<TakingBack, 'atProxy' | 'atPeer'>
  readonly desk: Pick<Desk, 'attended' | 'history' | 'modelOf'>
  readonly chat: Pick<Chat, 'cancel'>
  readonly log: Pick<Log, 'info'>
}

/** Stops what was asked while a page was open. What programs asked without one goes on. */
export async function stopUnread({ desk, chat, takingBack, log }: ClosedPagesParts): Promise<void> {
  const questions = [...desk.attended]
  desk.attended.clear()
  const stop = async (question: string, name: string): Promise<unknown> => {
    // A message on its way to an assistant is not taken back: it is only told that nobody waits for the answer.
    if (desk.modelOf(name) === undefined) return takingBack.atPeer(name, question, 'page_closed')
    // The conversation may have been cleared meanwhile; its answer is still paid for.
    return desk.history.find(question) === undefined
      ? takingBack.atProxy(question, 'page_closed')
      : chat.cancel(question, 'page_closed')
  }
  const stops = questions.map(([question, name]) =>
    stop(question, name).catch(error => log.info({ id: question, why: errorText(error) }, 'it could not be stopped')),
  )
  await Promise.all(stops)
}
