/** A fence for Markdown or plain text in which other fences stand: which of those behind it closes it. */

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$/
const HOLDS_FENCES = /^(?:md|markdown|mdx|text|txt)?$/i

/**
 * The source up to and with the fence that closes the first one, where those inside open with a language and close without one.
 * While the text grows, all of it if that fence is still to come. Undefined where the fences do not pair, and for other languages.
 */
export function closesNested(source: string, whole: boolean): string | undefined {
  const lines = source.split('\n')
  const outer = FENCE.exec(lines[0] ?? '')
  const mark = outer?.[1]
  if (mark === undefined || !HOLDS_FENCES.test(outer?.[2]?.trim() ?? '')) return undefined
  let depth = 1
  let nests = false
  for (const [index, line] of lines.entries()) {
    const fence = index === 0 ? null : FENCE.exec(line)
    if (fence?.[1] === undefined || fence[1][0] !== mark[0] || fence[1].length < mark.length) continue
    const opens = (fence[2] ?? '').trim() !== ''
    nests ||= opens
    depth += opens ? 1 : -1
    if (depth === 0) return nests ? lines.slice(0, index + 1).join('\n') : undefined
  }
  return nests && !whole ? source : undefined
}
