/** Puts the parts of the page's memory together and connects them to the peer. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { keepPageFromDrops } from '../../../shared/page/dropped-files.ts'
import { openEventStream } from '../../../shared/page/event-stream.ts'
import { RequestError } from '../../../shared/page/request.ts'
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

  const cannotRead = (error: unknown) => {
    state.problem.value = `Cannot read the conversations: ${wordsOf(error)}`
  }
  let failedToLoad = false
  const load = () => {
    failedToLoad = false
    loading.shown().catch((error: unknown) => {
      failedToLoad = true
      if (state.connected.peek()) cannotRead(error)
    })
  }
  openEventStream({
    on: eventReaders(state, typing),
    onConnection: connected => {
      const isBack = connected && !state.connected.peek()
      state.connected.value = connected
      if (isBack && failedToLoad) load()
    },
    onPresent: tell => {
      for (const conversation of state.conversations()) conversation.dropWriting()
      tell()
      load()
    },
    onProblem: error => {
      if (error instanceof RequestError && error.status !== undefined) cannotRead(error)
    },
  })
  followAddress(state.selected)
  sending.restore()
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
