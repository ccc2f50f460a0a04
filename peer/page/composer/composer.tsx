/** Where the reader writes. Enter sends, Shift+Enter begins a line, and a word being composed is never sent. */
import { effect, useSignal, useSignalEffect } from '@preact/signals'
import type { TargetedKeyboardEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../shared/page/icon.tsx'
import { isolated } from '../../../shared/page/isolated.ts'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import { keepDraft, readDraft } from '../state/drafts.ts'
import { sameName } from '../state/names.ts'
import type { Person } from '../state/people.ts'
import { CompletionList, LIST_ID, optionId } from './completion-list.tsx'
import { excessOf, lengthWords } from './length.ts'
import { LENGTH_ID, LengthNote } from './length-note.tsx'
import { StopButton } from './stop-button.tsx'
import { useCompletion } from './use-completion.ts'

export function Composer({ conversation, person }: { conversation: Conversation; person: Person }) {
  const { state, sending, typing } = useChat()
  const field = useRef<HTMLTextAreaElement>(null)
  const text = useSignal(readDraft(person.name))

  const write = (value: string) => {
    text.value = value
    keepDraft(person.name, value)
  }
  const completion = useCompletion(text, {
    commands: () => (person.kind === 'ai' ? state.commands.value : []),
    take: write,
  })
  const offered = completion.entries.value.length > 0
  const send = () => {
    const message = text.peek()
    if (message.trim() === '') return
    if (excessOf(message) > 0) {
      state.announcement.value = lengthWords(message) ?? ''
      return
    }
    write('')
    typing.sent(person.name)
    state.following.value = true
    sending.send(person.name, message)
    field.current?.focus()
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return
    if (completion.onKey(event)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    }
  }

  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true })
  }, [])
  useSignalEffect(() => {
    const recalled = state.recalled.value
    if (recalled === null || !sameName(recalled.peer, person.name)) return
    state.recalled.value = null
    write([text.peek(), recalled.text].filter(part => part !== '').join('\n\n'))
    field.current?.focus()
  })
  // At once, not with the next frame: what is typed meanwhile comes behind it.
  useEffect(
    () =>
      effect(() => {
        const begun = state.begun.value
        if (begun === null || !sameName(begun.peer, person.name)) return
        state.begun.value = null
        if (!text.peek().startsWith(begun.text)) write(begun.text + text.peek())
        if (field.current !== null) field.current.value = text.peek()
        field.current?.focus()
      }),
    [],
  )

  return (
    <div class="composer">
      <CompletionList completion={completion} />
      <LengthNote text={text} />
      <div class="composer-box">
        <textarea
          ref={field}
          class="composer-field"
          dir="auto"
          rows={1}
          value={text.value}
          placeholder={`Message ${isolated(person.shown)}`}
          aria-label={`Message to ${isolated(person.shown)}`}
          aria-autocomplete={person.kind === 'ai' ? 'list' : 'none'}
          aria-controls={offered ? LIST_ID : undefined}
          aria-describedby={LENGTH_ID}
          aria-activedescendant={offered ? optionId(completion.marked.value) : undefined}
          enterkeyhint="send"
          onInput={event => {
            write(event.currentTarget.value)
            completion.written()
            if (event.currentTarget.value !== '') typing.typed(person.name)
          }}
          onKeyDown={onKeyDown}
          onBlur={completion.close}
        />
        <StopButton conversation={conversation} person={person} />
        <button
          type="button"
          class="button primary icon-only send"
          aria-label="Send"
          title="Send (Enter)"
          disabled={text.value.trim() === '' || excessOf(text.value) > 0}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  )
}

/** Some browsers report the Enter that ends a composition after it; key code 229 gives it away. */
const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229
