/** The text of a message, drawn block by block; while it grows, only its last block is drawn again. */
import type { ReadonlySignal } from '@preact/signals'
import type { TargetedMouseEvent } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Block, BlockReader } from './blocks.ts'
import { isPlain } from './reading.ts'
import { renderBlock } from './render.ts'
import { PATIENT_WORK, USUAL_WORK } from './work.ts'

const COPIED_MS = 1_600

/** `whole` is false while the text still grows. */
export function Markdown({ text, whole }: { text: ReadonlySignal<string>; whole: boolean }) {
  const [isPatient, setPatient] = useState(false)
  const reader = useMemo(() => new BlockReader(isPatient ? PATIENT_WORK : USUAL_WORK), [isPatient])
  // Read once: whatever else draws this anew does not change it.
  const blocks = useMemo(() => reader.blocks(text.value, whole), [reader, text.value, whole])
  const isPlainHere = blocks.some(({ token }) => isPlain(token) && token.isCostly)
  return (
    <>
      {/* biome-ignore lint/a11y: it only listens to the copy buttons inside */}
      <div class="markdown" onClick={copyCode}>
        {blocks.map((block, index) => (
          <BlockView key={index} block={block} />
        ))}
      </div>
      {whole && isPlainHere && <PlainNote isPatient={isPatient} onTry={() => setPatient(true)} />}
    </>
  )
}

/** Why a part is not formatted, and the way to try. */
const PlainNote = ({ isPatient, onTry }: { isPatient: boolean; onTry: () => void }) => (
  <p class="plain-note" data-testid="plain-note">
    {isPatient
      ? 'A part is shown as it was written: formatting it takes too long.'
      : 'A part is shown as it was written: formatting it could take some seconds.'}{' '}
    {!isPatient && (
      <button type="button" class="button small" onClick={onTry}>
        Show formatted anyway
      </button>
    )}
  </p>
)

function BlockView({ block }: { block: Block }) {
  const element = useRef<HTMLDivElement>(null)
  const html = useMemo(() => renderBlock(block.token), [block.token])
  useEffect(() => {
    const code = element.current?.querySelectorAll<HTMLElement>('pre > code') ?? []
    if (!block.finished || code.length === 0) return
    import('./highlight.ts').then(({ highlightCode }) => code.forEach(highlightCode)).catch(console.error)
  }, [html, block.finished])
  return <div ref={element} class="block" dangerouslySetInnerHTML={{ __html: html }} />
}

function copyCode(event: TargetedMouseEvent<HTMLDivElement>): void {
  if (!(event.target instanceof Element)) return
  const button = event.target.closest('.copy-code')
  const code = button?.closest('figure')?.querySelector('code')
  if (button === null || code === null || code === undefined) return
  const say = (words: string) => {
    button.textContent = words
    setTimeout(() => {
      button.textContent = 'Copy'
    }, COPIED_MS)
  }
  navigator.clipboard.writeText(code.textContent ?? '').then(
    () => say('Copied'),
    () => say('Not allowed'),
  )
}
