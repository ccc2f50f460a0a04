/** A line that says how something went, with what can be done about it. */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from '../../../shared/page/icon.tsx'

export type Tone = 'good' | 'bad' | 'warn' | 'info'

const ICONS = { good: 'check', bad: 'warning', warn: 'warning', info: 'info' } as const satisfies Record<Tone, IconName>

type NoticeProps = { tone: Tone; children: ComponentChildren; actions?: ComponentChildren }

/** Read out when it appears: at once where something failed, otherwise when the reader pauses. */
export const Notice = ({ tone, children, actions }: NoticeProps) => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Icon name={ICONS[tone]} />
    <div class="notice-words">{children}</div>
    {actions !== undefined && <div class="notice-actions">{actions}</div>}
  </div>
)
