/** Puts the parts of the page's memory together and connects them to the peer. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { keepPageFromDrops } from '../../../shared/page/dropped-files.ts'
import { openEventStream } from '../../../shared/page/event-stream.ts'
import { peerApi } from '../api.ts'
import { Actions } from './actions.ts'
import { ChatState } from './chat-state.ts'
import { eventReaders } from './events.ts'
import { Loading } from './loading.ts'
import { showInTitle } from './page-title.ts'
import { wordsOf } from './problem.ts'
import { markReadWhileLooking } from './reading.ts'
import { followAddress } from './route.ts'
import { Sending } from './sending.ts'
import { Typing } from './typing.ts'

export interface Chat {
  readonly state: ChatState
  readonly loading: Loading
  readonly sending: Sending
  readonly actions: Actions
  readonly typing: Typing
}

/** Runs as long as the page does. */
export function startChat(): Chat {
  const state = new ChatState()
  const loading = new Loading(state, peerApi)
  const sending = new Sending(state, peerApi.send)
  const actions = new Actions(state, peerApi)
  const typing = new Typing(state, peerApi.tellTyping)

  let failedToLoad = false
  const reload = () => {
    failedToLoad = false
    for (const conversation of state.conversations()) conversation.dropWriting()
    loading.everything().catch((error: unknown) => {
      failedToLoad = true
      if (state.connected.peek()) state.problem.value = `Cannot read the conversations: ${wordsOf(error)}`
    })
  }
  openEventStream('/api/events', {
    on: eventReaders(state, { typing, reload }),
    onConnection: connected => {
      state.connected.value = connected
      if (connected && failedToLoad) reload()
    },
    onMissed: reload,
  })
  followAddress(state.selected)
  sending.restore()
  reload()
  markReadWhileLooking(state, peerApi.markRead)
  showInTitle(state)
  keepPageFromDrops(() => {
    state.problem.value = 'Cannot send a file: only text can be sent. Copy the text of the file and paste it here.'
  })
  return { state, loading, sending, actions, typing }
}

const ChatContext = createContext<Chat | null>(null)
export const ChatProvider = ChatContext.Provider

/** @throws {Error} outside a `ChatProvider` */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (chat === null) throw new Error('useChat is called outside a ChatProvider.')
  return chat
}
