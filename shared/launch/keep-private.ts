/** What the program keeps with the data is for its account alone: mended at a start where an earlier version, or somebody, left it wider. */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { keepToOwner, keepToOwnerIfThere } from '../process/open-file.ts'
import { STORE_SCHEMAS } from './data-files.ts'

/** More are counted only. */
const SHOWN = 5
const AT_TOP = /^(?:overlay\.key|persons\.json|launcher\.json|restore-unfinished\.json|overlay\.pid|[\w-]+\.part\.pid)$/
const STORES = Object.keys(STORE_SCHEMAS)
const IN_FOLDER = new RegExp(`^(?:(?:${STORES.join('|')})(?:-wal|-shm|-journal)?|controller\\.json|removed\\.json)$`)
const LOG = /\.log(?:\.1)?$/
/** What else may lie there and is ours, or the disk's. */
const NEIGHBOURS = /^(?:demo|bench\.json|before-restore-.*|restore-staged|lost\+found)$/

type Entry = { readonly path: string; readonly kind: 'file' | 'folder' }

/**
 * @returns what to say of it, empty where nothing was wider
 * @throws {UnfitFileError} for what belongs to another account, or is no file where a file of ours has to be
 */
export function keepPrivate(data: string): string[] {
  const { entries, hasOthers } = ownEntries(data)
  const mended = entries
    .filter(({ path, kind }) => keepToOwnerIfThere(path, kind))
    .map(({ path }) => relative(data, path))
  const { mode, uid } = statSync(data)
  const isOwn = uid === process.geteuid?.()
  if (isOwn && !hasOthers && keepToOwner(data, 'folder')) mended.unshift('the folder itself')
  const more = mended.length > SHOWN ? ` and ${mended.length - SHOWN} more` : ''
  return [
    ...(mended.length === 0
      ? []
      : [
          `other accounts could read or change what is in ${data}, and cannot now: ${mended.slice(0, SHOWN).join(', ')}${more}`,
        ]),
    ...(hasOthers && (mode & 0o022) !== 0
      ? [
          `other accounts may put files into ${data}: take that right from them (chmod go-w), or name a folder of its own with --data`,
        ]
      : []),
  ]
}

/** Known by their names; a folder of an instance by what is in it. Links are left alone. */
function ownEntries(data: string): { entries: Entry[]; hasOthers: boolean } {
  let hasOthers = false
  const entries = readdirSync(data, { withFileTypes: true }).flatMap((entry): Entry[] => {
    const path = join(data, entry.name)
    if (entry.isFile() && AT_TOP.test(entry.name)) return [{ path, kind: 'file' }]
    const found = entry.isDirectory() ? inFolder(path, entry.name) : []
    if (found.length === 0 && !NEIGHBOURS.test(entry.name)) hasOthers = true
    return found
  })
  return { entries, hasOthers }
}

function inFolder(folder: string, name: string): Entry[] {
  if (name === 'build') return [{ path: folder, kind: 'folder' }]
  const wanted = name === 'logs' ? LOG : IN_FOLDER
  const files = readdirSync(folder)
    .filter(file => wanted.test(file))
    .map((file): Entry => ({ path: join(folder, file), kind: 'file' }))
    .filter(({ path }) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false)
  return files.length === 0 ? [] : [{ path: folder, kind: 'folder' }, ...files]
}
