/** A line of output as values: what is foreign and what is ours is painted in one place, and made harmless there. */
import { visible } from './visible.ts'

const CODES = { dim: 2, strong: 1, sender: 36, mine: 32, notice: 33, error: 31 } as const
export type Style = keyof typeof CODES

export type Span = string | { readonly text: string; readonly style: Style }
export type Line = readonly Span[]

export const styled = (style: Style, text: string): Span => ({ text, style })

/** The line as the terminal gets it: no character of any span steers the terminal, the only codes are those of the styles. */
export function paint(line: Line, colours: boolean): string {
  return line
    .map(span => {
      const text = visible(textOf(span))
      return colours && typeof span !== 'string' ? `\x1b[${CODES[span.style]}m${text}\x1b[0m` : text
    })
    .join('')
}

const textOf = (span: Span): string => (typeof span === 'string' ? span : span.text)

export const errorLine = (text: string): Line => [styled('error', text)]
