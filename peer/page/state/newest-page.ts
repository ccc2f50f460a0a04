/** How the newest page of history joins what is already on the screen. */

export interface Joined<Item> {
  readonly items: readonly Item[]
  /** Whether pages older than this one were kept in front of it. */
  readonly keptOlder: boolean
}

/**
 * The list after the newest page came. Older pages stay in front if the page touches them; behind it stays what the
 * peer cannot know yet (`isLocal`) and what arrived while the page was on its way (not among the ids `before`).
 */
export function joinNewestPage<Item extends { readonly id: string }>(
  shown: readonly Item[],
  page: readonly Item[],
  asked: { readonly before: ReadonlySet<string>; readonly isLocal: (item: Item) => boolean },
): Joined<Item> {
  const inPage = new Set(page.map(item => item.id))
  const overlap = shown.findIndex(item => inPage.has(item.id))
  const older = overlap === -1 ? [] : shown.slice(0, overlap).filter(item => !asked.isLocal(item))
  const newer = shown.filter(item => !inPage.has(item.id) && (asked.isLocal(item) || !asked.before.has(item.id)))
  return { items: [...older, ...page, ...newer], keptOlder: older.length > 0 }
}
