/** Whose conversation this is, whether they are there, and what can be done with the whole of it. */
import { useSignal } from '@preact/signals'
import { ConfirmDialog } from '../../../shared/page/confirm-dialog.tsx'
import { Icon } from '../../../shared/page/icon.tsx'
import { isolated } from '../../../shared/page/isolated.ts'
import { Menu } from '../../../shared/page/menu.tsx'
import { peerApi } from '../api.ts'
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'
import type { ChatState } from '../state/chat-state.ts'
import { nameKey } from '../state/names.ts'
import type { Person } from '../state/people.ts'
import { wordsOf } from '../state/problem.ts'
import { asJson, asMarkdown, readWhole, saveFile } from './export.ts'

export function ThreadHeader({ person, openList }: { person: Person; openList: () => void }) {
  const { state, actions } = useChat()
  const clearing = useSignal(false)
  const save = (kind: 'md' | 'json') => {
    saveConversation(person.name, kind, state).catch((error: unknown) => {
      state.problem.value = `Cannot export the conversation: ${wordsOf(error)}`
    })
  }
  return (
    <header class="thread-header">
      <button type="button" class="button quiet icon-only open-list" aria-label="Show conversations" onClick={openList}>
        <Icon name="menu" />
      </button>
      <Avatar name={person.name} shown={person.shown} kind={person.kind} online={person.online} />
      <div class="thread-title">
        <h2>
          <bdi>{person.shown}</bdi>
        </h2>
        <p class="thread-status">
          <span data-testid="presence">
            {state.typing.value.has(nameKey(person.name)) ? 'typing…' : presence(person)}
          </span>
          {person.row?.personality !== undefined && <Personality name={person.row.personality} />}
        </p>
      </div>
      <Menu
        label={`Actions for the conversation with ${isolated(person.shown)}`}
        icon="more"
        actions={[
          { label: 'Export as Markdown', icon: 'download', run: () => save('md') },
          { label: 'Export as JSON', icon: 'download', run: () => save('json') },
          {
            label: 'Clear conversation…',
            icon: 'trash',
            dangerous: true,
            run: () => {
              clearing.value = true
            },
          },
        ]}
      />
      {clearing.value && (
        <ConfirmDialog
          question={{
            title: `Clear the conversation with ${isolated(person.shown)}?`,
            body: `All messages with ${isolated(person.shown)} are deleted here for good, also those that wait to be sent. What ${isolated(person.shown)} has received stays there.`,
            confirm: 'Clear',
          }}
          onAnswer={confirmed => {
            clearing.value = false
            if (confirmed) void actions.clear(person.name)
          }}
        />
      )}
    </header>
  )
}

const Personality = ({ name }: { name: string }) => (
  <span class="tag" title="The personality that you chose here" data-testid="personality">
    <span class="visually-hidden">Personality: </span>
    <bdi>{name}</bdi>
  </span>
)

function presence({ kind, online, reachable }: Person): string {
  if (!reachable) return 'no longer in the routes'
  const words = online ? 'online' : 'offline'
  if (kind === 'ai') return `AI · ${words}`
  return kind === 'service' ? `service · ${words}` : words
}

async function saveConversation(peer: string, kind: 'md' | 'json', state: ChatState): Promise<void> {
  const records = await readWhole(peer, peerApi.history)
  const text = kind === 'md' ? asMarkdown(peer, records, name => state.shown(name)) : asJson(records)
  saveFile({ name: `${peer}.${kind}`, type: kind === 'md' ? 'text/markdown' : 'application/json', text })
}
