/** The open conversation: its head, its log and the place to write. */
import { Pane } from '../../../shared/page/boundary.tsx'
import { Icon } from '../../../shared/page/icon.tsx'
import { Composer } from '../composer/composer.tsx'
import { CommandButtons } from '../service/command-buttons.tsx'
import { ReadingsPanel } from '../service/readings-panel.tsx'
import { useChat } from '../state/chat.ts'
import { sameName } from '../state/names.ts'
import type { Person } from '../state/people.ts'
import { Banners } from './banners.tsx'
import { NobodyNamed, NothingOpen } from './empty.tsx'
import { Log } from './log.tsx'
import { ThreadHeader } from './thread-header.tsx'

export function Thread({ openList }: { openList: () => void }) {
  const { state } = useChat()
  const selected = state.selected.value
  const person = selected === null ? undefined : personNamed(state.people.value, selected)
  if (selected === null || (person === undefined && !state.loaded.value)) {
    return (
      <div class="thread">
        <BareHeader openList={openList} />
        <Pane what="The notice above the messages">
          <Banners />
        </Pane>
        <NothingOpen />
      </div>
    )
  }
  if (person === undefined) {
    return (
      <div class="thread">
        <BareHeader openList={openList} />
        <Pane what="The notice above the messages">
          <Banners />
        </Pane>
        <NobodyNamed name={selected} />
      </div>
    )
  }
  const conversation = state.conversation(person.name)
  const isService = person.kind === 'service'
  return (
    <div class="thread">
      <Pane what="The head of the conversation">
        <ThreadHeader key={`header ${person.name}`} person={person} openList={openList} />
      </Pane>
      <Pane what="The notice above the messages">
        <Banners />
      </Pane>
      {isService && (
        <Pane what="The chart">
          <ReadingsPanel key={`readings ${person.name}`} conversation={conversation} />
        </Pane>
      )}
      <Pane what="The messages">
        <Log key={`log ${person.name}`} conversation={conversation} person={person} />
      </Pane>
      {isService && (
        <Pane what="The commands">
          <CommandButtons key={`commands ${person.name}`} person={person} />
        </Pane>
      )}
      <Pane what="The place to write">
        <Composer key={`composer ${person.name}`} conversation={conversation} person={person} />
      </Pane>
    </div>
  )
}

const BareHeader = ({ openList }: { openList: () => void }) => (
  <header class="thread-header bare">
    <button type="button" class="button quiet icon-only open-list" aria-label="Show conversations" onClick={openList}>
      <Icon name="menu" />
    </button>
  </header>
)

const personNamed = (people: readonly Person[], name: string): Person | undefined =>
  people.find(person => sameName(person.name, name))
