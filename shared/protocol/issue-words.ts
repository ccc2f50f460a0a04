/** What a schema says where it has no words of its own: what a field must be, for whoever wrote the value by hand. */
import * as z from 'zod'

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** Undefined leaves the words to zod. */
function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(quoted).join(', ')}`
    case 'unrecognized_keys':
      return `must not have the field ${issue.keys.map(quoted).join(', ')}`
    case 'invalid_format':
      return issue.format === 'uuid' ? 'must be a UUID' : undefined
    case 'too_small':
      return `must ${size(issue.origin, `at least ${issue.minimum}`)}`
    case 'too_big':
      return `must ${size(issue.origin, `at most ${issue.maximum}`)}`
    default:
      return undefined
  }
}

function size(origin: string, bound: string): string {
  if (origin === 'string') return `have ${bound} characters`
  return origin === 'array' ? `have ${bound} entries` : `be ${bound}`
}

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value)

/** Words that stand in a schema itself come before these. */
export const useIssueWords = (): unknown => z.config({ customError: issueWords })
