/** A button that opens a short list of actions. */
import { useSignal } from '@preact/signals'
import type { TargetedFocusEvent, TargetedKeyboardEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

export interface MenuAction {
  readonly label: string
  readonly icon: IconName
  readonly dangerous?: boolean
  readonly run: () => void
}

/** Arrow keys move within it; `Escape`, a choice, or focus going elsewhere closes it. */
export function Menu({ label, icon, actions }: { label: string; icon: IconName; actions: readonly MenuAction[] }) {
  const open = useSignal(false)
  const items = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (open.value) focusItem(items.current, 0)
  }, [open.value])

  const close = () => {
    open.value = false
    button.current?.focus()
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!open.value) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    focusItem(items.current, step)
  }
  const onFocusOut = (event: TargetedFocusEvent<HTMLDivElement>) => {
    const next = event.relatedTarget
    if (!(next instanceof Node) || !event.currentTarget.contains(next)) open.value = false
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what its buttons let through
    <div class="menu" onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
      <button
        ref={button}
        type="button"
        class="button quiet icon-only"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        <Icon name={icon} />
      </button>
      {open.value && (
        <div ref={items} class="menu-items" role="menu" aria-label={label}>
          {actions.map(action => (
            <button
              key={action.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={action.dangerous === true ? 'menu-item danger' : 'menu-item'}
              onClick={() => {
                close()
                action.run()
              }}
            >
              <Icon name={action.icon} />
              {action.label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** Moves the focus by `step` items from where it is, around the ends; the first item if it is elsewhere. */
function focusItem(menu: HTMLElement | null, step: number): void {
  if (menu === null) return
  const items = [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  const at = items.findIndex(item => item.matches(':focus'))
  items.at(at === -1 ? 0 : (at + step) % items.length)?.focus()
}
