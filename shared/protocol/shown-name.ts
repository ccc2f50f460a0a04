/** What people read of a peer, on pages and in the terminal. */

/**
 * A peer as people read of it: its display name, with the name behind it where the two differ by more than case, spaces and
 * hyphens. So nobody passes for somebody else, and the name that a command or an address takes is always there.
 */
export function shownName({ name, displayName }: { name: string; displayName?: string | undefined }): string {
  if (displayName === undefined || displayName === name) return name
  return bare(displayName) === bare(name) ? displayName : `${displayName} (${name})`
}

const bare = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
