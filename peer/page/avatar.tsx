/** The round mark of a peer: an initial or a sign of its kind, in a colour of its own. */
import { Icon } from '../../shared/page/icon.tsx'
import { nameKey } from './state/names.ts'
import type { Person } from './state/people.ts'

/** Degrees of hue, apart enough to be told from each other. */
const HUES = [25, 55, 90, 135, 165, 200, 230, 260, 290, 325]

function hueOf(name: string): number {
  let hash = 7
  for (const character of nameKey(name)) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973
  return HUES[hash % HUES.length] ?? 260
}

const graphemes = new Intl.Segmenter()

/** A letter with its marks, or a whole emoji. */
function initialOf(shown: string): string {
  const [first] = graphemes.segment(shown.trim())
  return first?.segment.toUpperCase() ?? ''
}

interface AvatarProps {
  readonly name: string
  /** What is read instead of the name. */
  readonly shown: string
  readonly kind: Person['kind']
  readonly online?: boolean | undefined
}

export function Avatar({ name, shown, kind, online }: AvatarProps) {
  return (
    <span class={`avatar ${kind}`} style={{ '--hue': hueOf(name) }} aria-hidden="true">
      {kind === 'person' ? initialOf(shown) : <Icon name={kind === 'ai' ? 'spark' : 'gauge'} />}
      {online !== undefined && <span class={online ? 'presence online' : 'presence'} />}
    </span>
  )
}
