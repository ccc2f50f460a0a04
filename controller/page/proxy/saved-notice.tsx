/** What became of the version that was just saved here, told as the proxy answers. */
import { useEffect, useRef } from 'preact/hooks'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { forgetSaved, savedVersions } from '../draft/editing.ts'
import { Notice, type Tone } from '../parts/notice.tsx'
import { type Outcome, savedOutcome } from '../words/saved-outcome.ts'

const TONES = { good: 'good', bad: 'bad', waiting: 'info' } as const satisfies Record<Outcome['tone'], Tone>

export function SavedNotice({ proxy }: { proxy: ProxyView }) {
  const version = savedVersions.value[proxy.name]
  const place = useRef<HTMLDivElement>(null)
  // The button that saved is gone by now: without this the focus would be at the top of the page.
  useEffect(() => {
    if (version !== undefined && document.activeElement === document.body) place.current?.focus()
  }, [version])
  if (version === undefined) return null
  const { tone, words } = savedOutcome(version, proxy)
  const dismiss = (
    <button type="button" class="button quiet small" onClick={() => forgetSaved(proxy.name)}>
      Dismiss
    </button>
  )
  return (
    <div ref={place} tabIndex={-1} data-testid="saved-outcome" data-outcome={tone}>
      <Notice tone={TONES[tone]} actions={dismiss}>
        {words}
      </Notice>
    </div>
  )
}
