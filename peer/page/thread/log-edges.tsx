/** The two ends of what is drawn: as either comes near, what lies beyond it is drawn too, or read from the peer first. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../shared/page/icon.tsx'
import { useChat } from '../state/chat.ts'
import type { Conversation } from '../state/conversation.ts'
import type { Entry } from '../state/entry.ts'
import { wordsOf } from '../state/problem.ts'
import type { LogWindow } from './log-window.ts'

/** How near, in pixels. */
const MARGIN = '800px 0px'

export function OlderEdge({ conversation, view }: { conversation: Conversation; view: LogWindow<Entry> }) {
  const { loading } = useChat()
  const problem = useSignal<string | null>(null)
  const before = conversation.before.value
  const phase = conversation.phase.value
  const hasMore = !view.reachesStart.value || before !== null

  const load = (work: Promise<void>) => {
    problem.value = null
    work.catch((error: unknown) => {
      problem.value = wordsOf(error)
    })
  }
  const extend = async () => {
    if (view.reachesStart.peek()) {
      view.hold()
      await loading.older(conversation)
    }
    view.earlier()
  }
  const edge = useNearness(() => load(extend()), { isOn: hasMore, renewedBy: `${view.drawn.value[0]?.id} ${before}` })
  const failed = problem.value !== null || phase === 'failed'
  return (
    <div ref={edge} class="older">
      {phase === 'loading' && <p role="status">Loading messages…</p>}
      {failed && (
        <p role="alert">
          Messages could not be loaded{problem.value === null ? '' : `: ${problem.value}`}.{' '}
          <button
            type="button"
            class="text-button"
            onClick={() => load(phase === 'failed' ? loading.newest(conversation) : extend())}
          >
            <Icon name="refresh" /> Try again
          </button>
        </p>
      )}
    </div>
  )
}

export function NewerEdge({ view }: { view: LogWindow<Entry> }) {
  const edge = useNearness(() => view.later(), {
    isOn: !view.reachesEnd.value,
    renewedBy: view.drawn.value.at(-1)?.id ?? '',
  })
  return <div ref={edge} />
}

/** Calls `onNear` when the element comes near, and again after each renewal while it is. */
function useNearness(onNear: () => void, when: { readonly isOn: boolean; readonly renewedBy: string }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!when.isOn || element.current === null) return
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting === true) onNear()
      },
      { root: element.current.closest('.log'), rootMargin: MARGIN },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [when.isOn, when.renewedBy])
  return element
}
