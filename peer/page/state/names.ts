/** Names of peers are compared without regard to case. */

export const nameKey = (name: string): string => name.toLowerCase()

export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b)
