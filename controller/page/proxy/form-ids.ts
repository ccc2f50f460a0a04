/** Ids of the form in the page, so that lists of issues can lead to a field and fields can share their choices. */

export const CREDENTIAL_CHOICES = 'credential-choices'

/** An issue without a path belongs to the route as a whole: its name stands for it. */
export const fieldId = (row: number, path: string): string =>
  `route-${row}-${path === '' ? 'name' : path.replaceAll('.', '-')}`
