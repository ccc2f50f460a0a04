/** What an answer may hold besides text, and how its reader is told of what is not shown. */
import { listed } from '../../shared/written.ts'

export type Unshown = 'tool' | 'image' | 'audio' | 'video' | 'file' | 'code' | 'results' | 'sources'

const NOUNS = {
  image: 'an image',
  audio: 'audio',
  video: 'a video',
  file: 'a file',
  code: 'code that it ran',
  results: 'results of a tool',
  sources: 'its sources',
} as const satisfies Record<Exclude<Unshown, 'tool'>, string>

/** A sentence for the reader, or undefined where there is nothing to tell. */
export function unshownDetail(things: ReadonlySet<Unshown>, hasText: boolean): string | undefined {
  const nouns = [...things].flatMap(thing => (thing === 'tool' ? [] : [NOUNS[thing]]))
  const sentences = [
    ...(nouns.length > 0 ? [besides(nouns, hasText)] : []),
    ...(things.has('tool') ? ['The model wanted to call a tool, and there is none.'] : []),
  ]
  return sentences.length === 0 ? undefined : sentences.join(' ')
}

function besides(nouns: readonly string[], hasText: boolean): string {
  const list = listed(nouns)
  return hasText
    ? `The model also gave ${list}, which cannot be shown here.`
    : `The model wrote no text. It gave ${list}, which cannot be shown here.`
}

/** What a MIME type, or the type of a part such as `image_url`, stands for. */
export function unshownOf(type: string | null | undefined): Unshown {
  return (['image', 'audio', 'video'] as const).find(kind => type?.includes(kind)) ?? 'file'
}
