/** Cuts a text where Markdown begins anew, without reading it: one look at each line. */
import { isFenceEnd, isFenceStart } from './nested-fence.ts'

/** `isCode`: it stands between fences, where no sign means anything. */
export type Part = { readonly raw: string; readonly isCode: boolean }

/** The parts between blank lines, those of code whole. Together they are the text. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = []
  let lines: string[] = []
  let fence: string | undefined
  const close = (isCode: boolean) => {
    if (lines.length > 0) parts.push({ raw: lines.join(''), isCode })
    lines = []
  }
  for (const line of text.split(/(?<=\n)/)) {
    const opened = fence === undefined ? isFenceStart(line) : undefined
    if (opened !== undefined) {
      close(false)
      fence = opened
      lines.push(line)
      continue
    }
    lines.push(line)
    if (fence !== undefined && isFenceEnd(line, fence)) {
      fence = undefined
      close(true)
    } else if (fence === undefined && line.trim() === '') close(false)
  }
  close(fence !== undefined)
  return parts
}

/** The text in pieces that are no longer than this, which end with a line where there is one. */
export function piecesOf(text: string, characters: number): readonly string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = endOfPiece(text, at, characters)
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

/** Where a piece that begins at a place ends: behind the last line that ends within it, and in the middle of no character. */
export function endOfPiece(text: string, start: number, characters: number): number {
  const end = start + characters
  if (end >= text.length) return text.length
  const line = text.lastIndexOf('\n', end - 1) + 1
  if (line > start) return line
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end
}
