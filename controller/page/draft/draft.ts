/** A routing table under the pen: one draft, two views. The open view holds the truth; switching translates it. */
import type { TableView } from '../../../shared/protocol/control.ts'
import { nameKey } from '../../../shared/protocol/names.ts'
import type { Endpoints } from '../../../shared/protocol/route.ts'
import { type FormRow, isJsonObject, type JsonObject, toRoute, toRow } from './form-row.ts'
import { checkTable, type Issue } from './route-issues.ts'

/** `base` is the table that the draft started from and that it will be compared with. */
export type Draft = {
  readonly base: TableView
  readonly content:
    | { readonly view: 'form'; readonly rows: readonly FormRow[] }
    | { readonly view: 'json'; readonly text: string }
}
export type DraftView = Draft['content']['view']

const rowsOf = (endpoints: Readonly<Record<string, JsonObject>>): FormRow[] =>
  Object.entries(endpoints).map(([name, route], index) => toRow(index + 1, name, route))

const routesOf = (rows: readonly FormRow[]): JsonObject => Object.fromEntries(rows.map(row => [row.name, toRoute(row)]))

const pretty = (value: unknown): string => JSON.stringify(value, null, 2)

export const startDraft = (base: TableView): Draft => ({
  base,
  content: { view: 'form', rows: rowsOf(base.endpoints) },
})

/** An id that no row has yet. */
export const freshRowId = (rows: readonly FormRow[]): number => Math.max(0, ...rows.map(({ id }) => id)) + 1

function parseText(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Names that two rows share. A record cannot hold both, so the schema would never see the second. */
function sharedNames(rows: readonly FormRow[]): Issue[] {
  const count = new Map<string, number>()
  for (const { name } of rows) count.set(nameKey(name), (count.get(nameKey(name)) ?? 0) + 1)
  const shared = new Set(
    rows.map(({ name }) => name).filter(name => name !== '' && (count.get(nameKey(name)) ?? 0) > 1),
  )
  return [...shared].map(name => ({ name, field: 'name', words: 'is used more than once' }))
}

/** The table that the draft stands for, or every issue with it. */
export function checkDraft({ content }: Draft): { endpoints: Endpoints } | { issues: readonly Issue[] } {
  if (content.view === 'json') {
    const parsed = parseText(content.text)
    return 'problem' in parsed
      ? { issues: [{ field: '', words: `Not JSON: ${parsed.problem}` }] }
      : checkTable(parsed.value)
  }
  const check = checkTable(routesOf(content.rows))
  const shared = sharedNames(content.rows)
  if (shared.length === 0) return check
  const others = 'issues' in check ? check.issues.filter(({ field }) => field !== 'name') : []
  return { issues: [...shared, ...others] }
}

/** The same draft in the other view, or why it cannot be shown there. */
export function showAs(draft: Draft, view: DraftView): Draft | { problem: string } {
  const { content } = draft
  if (content.view === view) return draft
  if (content.view === 'form') {
    if (sharedNames(content.rows).length > 0)
      return { problem: 'JSON can hold each name once: rename one of the two first.' }
    return { ...draft, content: { view: 'json', text: pretty(routesOf(content.rows)) } }
  }
  const parsed = parseText(content.text)
  if ('problem' in parsed) return { problem: `The form needs valid JSON: ${parsed.problem}` }
  if (!isTableShaped(parsed.value)) return { problem: 'The form needs an object whose every entry is a route object.' }
  return { ...draft, content: { view: 'form', rows: rowsOf(parsed.value) } }
}

const isTableShaped = (value: unknown): value is Readonly<Record<string, JsonObject>> =>
  isJsonObject(value) && Object.values(value).every(isJsonObject)
