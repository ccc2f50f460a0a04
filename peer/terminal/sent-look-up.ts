/** How the messages sent from this terminal stand of which news may come, looked up: what no event told. */
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { PAGE_MESSAGES } from '../../shared/protocol/peer-api.ts'
import type { PeerCalls } from './peer-calls.ts'
import { isOnTheWay, type SentMessages } from './sent-messages.ts'

type Parts = {
  readonly calls: Pick<PeerCalls, 'page'>
  readonly sent: Pick<SentMessages, 'forgetAll' | 'has' | 'isAnswered' | 'openNames'>
}

/** @param tell gets each of them @throws as {@link PeerCalls.page}, but not for a name that nobody has any more */
export async function lookUpSent({ calls, sent }: Parts, tell: (record: MessageRecord) => void): Promise<void> {
  for (const name of sent.openNames) {
    try {
      const { messages } = await calls.page(name, { limit: PAGE_MESSAGES })
      const open = messages.filter(({ state }) => isOnTheWay(state)).map(({ id }) => id)
      for (const record of messages) {
        const { replyTo } = record.metadata
        // A question that is asked again has its earlier answer behind it.
        if (replyTo !== undefined && !open.includes(replyTo)) sent.isAnswered(replyTo)
        if (sent.has(record.id)) tell(record)
      }
    } catch (error) {
      // Neither a route leads there any more, nor is there a conversation: no news will come.
      if (!(error instanceof CallRefusedError && error.status === 404)) throw error
      sent.forgetAll(name)
    }
  }
}
