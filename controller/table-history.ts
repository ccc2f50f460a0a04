/** How much of a table's history is kept: so many versions, and so much that the document has room for the tables of all. */
import { HISTORY_VERSIONS, type TableVersion } from '../shared/protocol/control.ts'

/** Older versions of one table, at most, in bytes; and of all tables together, which share it alike. */
const TABLE_BYTES = 4 * 1024 * 1024
const ALL_BYTES = 16 * 1024 * 1024

/** Versions are never changed: each is measured once. */
const sizes = new WeakMap<TableVersion, number>()

function sizeOf(version: TableVersion): number {
  const known = sizes.get(version)
  if (known !== undefined) return known
  const size = Buffer.byteLength(JSON.stringify(version))
  sizes.set(version, size)
  return size
}

/** The newest version, whatever its size, and those before it as far as they have room. @param tables how many tables there are */
export function historyOf(
  newest: TableVersion,
  older: readonly TableVersion[],
  tables: number,
): [TableVersion, ...TableVersion[]] {
  let left = Math.min(TABLE_BYTES, ALL_BYTES / Math.max(1, tables))
  const kept = older.slice(0, HISTORY_VERSIONS - 1).findIndex(version => {
    left -= sizeOf(version)
    return left < 0
  })
  return [newest, ...older.slice(0, kept === -1 ? HISTORY_VERSIONS - 1 : kept)]
}
