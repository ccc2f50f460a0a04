/** The text of a message, drawn block by block; while it grows, only its last block is drawn again. */
import type { ReadonlySignal } from '@preact/signals'
import type { TargetedMouseEvent } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { type Block, BlockReader } from './blocks.ts'
import { renderBlock } from './render.ts'

const COPIED_MS = 1_600

/** `whole` is false while the text still grows. */
export function Markdown({ text, whole }: { text: ReadonlySignal<string>; whole: boolean }) {
  const reader = useMemo(() => new BlockReader(), [])
  const blocks = reader.blocks(text.value, whole)
  return (
    // biome-ignore lint/a11y: it only listens to the copy buttons inside
    <div class="markdown" onClick={copyCode}>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  )
}

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
