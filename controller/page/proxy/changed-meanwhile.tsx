/** Says, above an open draft, that its table was saved by someone else meanwhile. Nothing in the draft moves. */
import type { TableView } from '../../../shared/protocol/control.ts'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { moveTo } from '../draft/editing.ts'
import { tableAuthors } from '../live/overlay.ts'
import { knownTable } from '../live/tables.ts'
import { Notice } from '../parts/notice.tsx'

/** `endpoints` is what the draft stands for, or undefined while it is not valid. */
type Props = { name: string; base: TableView; endpoints: Endpoints | undefined }

export function ChangedMeanwhile({ name, base, endpoints }: Props) {
  const theirs = knownTable(name)
  if (theirs === undefined || theirs.version === base.version) return null
  const heard = tableAuthors.value[name]
  const by = heard?.version === theirs.version ? ` by ${heard.author}` : ''
  const compare = endpoints !== undefined && (
    <button type="button" class="button small" onClick={() => moveTo(name, { at: 'conflict', endpoints, theirs })}>
      Compare
    </button>
  )
  return (
    <Notice tone="warn" actions={compare}>
      Changed meanwhile: version {theirs.version} was saved{by}. Your draft starts from version {base.version} and stays
      as it is.
    </Notice>
  )
}
