/** What a schema found, in the words of this page. */
import type * as z from 'zod'

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function sized(origin: string, bound: 'at least' | 'at most', limit: number | bigint): string {
  if (origin === 'string') return `must have ${bound} ${limit} characters`
  if (origin === 'array') return `must have ${bound} ${limit} entries`
  return `must be ${bound} ${limit}`
}

/** A predicate: the place it is said of comes before it. Issues with a sentence of their own in the schema keep it. */
export function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'too_big':
      return sized(issue.origin, 'at most', issue.maximum)
    case 'too_small':
      return sized(issue.origin, 'at least', issue.minimum)
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`
    case 'unrecognized_keys':
      return `has what no route of this kind has: ${issue.keys.join(', ')}`
    default:
      return issue.message
  }
}
