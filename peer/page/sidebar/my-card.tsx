/** Who the reader is here, and what concerns everything: the dashboard, clearing all. */
import { useSignal } from '@preact/signals'
import { ConfirmDialog } from '../../../shared/page/confirm-dialog.tsx'
import { Menu, type MenuAction } from '../../../shared/page/menu.tsx'
import { Avatar } from '../avatar.tsx'
import { useChat } from '../state/chat.ts'

export function MyCard() {
  const { state, actions } = useChat()
  const clearing = useSignal(false)
  const me = state.me.value
  if (me === null) return <div class="my-card" />

  const dashboard = state.links.value?.dashboard
  const menu: MenuAction[] = [
    ...(dashboard === undefined
      ? []
      : [{ label: 'Open the dashboard', icon: 'grid', run: () => window.open(dashboard) } as const]),
    {
      label: 'Clear all conversations…',
      icon: 'trash',
      dangerous: true,
      run: () => {
        clearing.value = true
      },
    },
  ]
  return (
    <div class="my-card">
      <Avatar name={me.name} shown={me.displayName} kind={me.fixed ? 'ai' : 'person'} />
      <div class="my-name">
        <p class="display-name">
          <bdi>{me.displayName}</bdi>
        </p>
        <p class="app-name">Overlay Chat</p>
      </div>
      <Menu label="More" icon="more" actions={menu} />
      {clearing.value && (
        <ConfirmDialog
          question={{
            title: 'Clear all conversations?',
            body: 'Every message in every conversation is deleted here for good, also those that wait to be sent. What the others have received stays with them.',
            confirm: 'Clear all',
          }}
          onAnswer={confirmed => {
            clearing.value = false
            if (confirmed) void actions.clearAll()
          }}
        />
      )}
    </div>
  )
}
