/** Entry of the chat page. */
import './chat.css'
import { render } from 'preact'
import { Pane } from '../../shared/page/boundary.tsx'
import { App } from './app.tsx'
import { ChatProvider, startChat } from './state/chat.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('Cannot draw the page: it has no element with the id "app".')
render(
  <ChatProvider value={startChat()}>
    <Pane what="The page">
      <App />
    </Pane>
  </ChatProvider>,
  root,
)
