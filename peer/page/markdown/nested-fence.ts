/** A fence for Markdown or plain text in which other fences stand: which of those behind it closes it. */

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$/
/** The mark that a line opens a block of code with. */
export const isFenceStart = (line: string): string | undefined => FENCE.exec(line.trimEnd())?.[1]

/** Whether a line closes the block of code that a mark opened. */
export function isFenceEnd(line: string, opened: string): boolean {
  const [, mark = '', info = ''] = FENCE.exec(line.trimEnd()) ?? []
  return mark[0] === opened[0] && mark.length >= opened.length && info === ''
}

const HOLDS_FENCES = /^(?:md|markdown|mdx|text|txt)?$/i

/**
 * The source up to and with the fence that closes the first one, where those inside open with a language and close without one.
 * While the text grows, all of it if that fence is still to come. Undefined where the fences do not pair, and for other languages.
 * @param onLine called for each line that is looked at
 */
export function closesNested(source: string, whole: boolean, onLine: () => void = () => {}): string | undefined {
  const outer = FENCE.exec(lineAt(source, 0))
  const mark = outer?.[1]
  if (mark === undefined || !HOLDS_FENCES.test(outer?.[2]?.trim() ?? '')) return undefined
  let depth = 1
  let nests = false
  for (let at = lineAt(source, 0).length + 1; at <= source.length; ) {
    onLine()
    const line = lineAt(source, at)
    const end = at + line.length
    at = end + 1
    const fence = FENCE.exec(line)
    if (fence?.[1] === undefined || fence[1][0] !== mark[0] || fence[1].length < mark.length) continue
    const opens = (fence[2] ?? '').trim() !== ''
    nests ||= opens
    depth += opens ? 1 : -1
    if (depth === 0) return nests ? source.slice(0, end) : undefined
  }
  return nests && !whole ? source : undefined
}

function lineAt(source: string, at: number): string {
  const end = source.indexOf('\n', at)
  return source.slice(at, end === -1 ? undefined : end)
}
