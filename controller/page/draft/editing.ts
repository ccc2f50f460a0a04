/** The drafts that are open, one a proxy at most, and the steps that lead from a draft to a new version of the table. */
import { type Signal, signal } from '@preact/signals'
import { RequestError } from '../../../shared/page/request.ts'
import type { TableView } from '../../../shared/protocol/control.ts'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { failureWords, fetchTable, saveTable } from '../controller-api.ts'
import { learnTable } from '../live/tables.ts'
import { checkDraft, type Draft, startDraft } from './draft.ts'
import { type Issue, refusalIssue } from './route-issues.ts'
import { tableDifference } from './table-difference.ts'

/** `theirs` is the table that was saved by someone else while the draft was open. */
export type Step =
  | { readonly at: 'edit' }
  | { readonly at: 'review'; readonly endpoints: Endpoints }
  | { readonly at: 'conflict'; readonly endpoints: Endpoints; readonly theirs: TableView }

/** `refusal` is what the controller or the network last said against the draft; it goes with the next change. */
export type Editing = {
  readonly draft: Draft
  readonly step: Step
  readonly busy: boolean
  readonly refusal?: Issue
}

const editings = new Map<string, Signal<Editing | undefined>>()
/** The newest version that this page saved, by the proxy's name: its outcome is shown until the next draft. */
export const savedVersions = signal<Readonly<Record<string, number>>>({})

/** What is open for a proxy, or undefined while its table is only looked at. Drafts outlive a visit to another view. */
export function editingOf(name: string): Signal<Editing | undefined> {
  const known = editings.get(name)
  if (known !== undefined) return known
  const fresh = signal<Editing | undefined>(undefined)
  editings.set(name, fresh)
  return fresh
}

export function startEditing(name: string, base: TableView): void {
  forgetSaved(name)
  editingOf(name).value = { draft: startDraft(base), step: { at: 'edit' }, busy: false }
}

export function discardDraft(name: string): void {
  editingOf(name).value = undefined
}

export function noteSaved(name: string, version: number): void {
  savedVersions.value = { ...savedVersions.value, [name]: version }
}

export function forgetSaved(name: string): void {
  const { [name]: _, ...others } = savedVersions.value
  savedVersions.value = others
}

/** Whether leaving the page would lose something that was typed. */
export const holdsChanges = ({ draft }: Editing): boolean => {
  const check = checkDraft(draft)
  return 'issues' in check || tableDifference(draft.base.endpoints, check.endpoints).length > 0
}

export const anyUnsavedChanges = (): boolean =>
  [...editings.values()].some(({ value }) => value !== undefined && holdsChanges(value))

export function changeDraft(name: string, draft: Draft): void {
  editingOf(name).value = { draft, step: { at: 'edit' }, busy: false }
}

export function moveTo(name: string, step: Step): void {
  const editing = editingOf(name)
  if (editing.value !== undefined) editing.value = { draft: editing.value.draft, step, busy: false }
}

/**
 * Saves `endpoints` over version `over`, and no other: if someone saved meanwhile, the step becomes `conflict` with
 * their table. Every failure lands in `refusal`.
 */
export async function apply(name: string, { endpoints, over }: { endpoints: Endpoints; over: number }): Promise<void> {
  const editing = editingOf(name)
  const current = editing.value
  if (current === undefined || current.busy) return
  editing.value = { ...current, busy: true }
  try {
    const saved = await saveTable(name, { version: over, endpoints })
    learnTable(name, saved)
    noteSaved(name, saved.version)
    editing.value = undefined
  } catch (error) {
    editing.value = { ...current, busy: false, ...(await afterFailure(name, { endpoints, error })) }
  }
}

type Failure = { endpoints: Endpoints; error: unknown }

async function afterFailure(name: string, { endpoints, error }: Failure): Promise<Partial<Editing>> {
  const status = error instanceof RequestError ? error.status : undefined
  if (error instanceof RequestError && status === 422)
    return { step: { at: 'edit' }, refusal: refusalIssue({ field: error.field, message: failureWords(error) }) }
  if (status !== 409) return { refusal: { field: '', words: failureWords(error) } }
  try {
    const theirs = await fetchTable(name)
    learnTable(name, theirs)
    return { step: { at: 'conflict', endpoints, theirs } }
  } catch (unreachable) {
    return { refusal: { field: '', words: failureWords(unreachable) } }
  }
}
