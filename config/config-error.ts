/** What is wrong with a configuration: all of it at once, each place by the name of its instance. */
import { StartError } from '../shared/process/start-error.ts'
import type { Issue } from '../shared/protocol/errors.ts'

/** More are counted only. */
const SHOWN = 20

/** A configuration that is not valid. `field` and `detail` are those of the first issue, the path with the place in the list. */
export class ConfigError extends StartError {
  readonly field: string
  readonly detail: string

  /** @param value what was read, which gives the instances their names */
  constructor(file: string, issues: readonly Issue[], value: unknown) {
    const lines = [...new Set(issues.map(issue => `${placeOf(issue, value)} ${issue.detail}`))]
    const [first = 'it is not valid'] = lines
    const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : []
    const list = [...lines.slice(0, SHOWN), ...more].map(line => `\n  ${line}`).join('')
    const what = lines.length === 1 ? `${first}.` : `${lines.length} things are wrong.${list}\n`
    super(
      `Cannot use configuration ${file}: ${what}${lines.length === 1 ? ' ' : ''}config/overlay.schema.json describes all fields.`,
    )
    this.field = issues[0]?.field ?? ''
    this.detail = issues[0]?.detail ?? 'is not valid'
  }
}

/** `instances.alice.n` rather than `instances.1.n`. */
function placeOf({ path, field }: Issue, value: unknown): string {
  const [list, index, ...rest] = path
  if (list !== 'instances' || typeof index !== 'number') return field === '' ? 'it' : field
  const name = nameAt(value, index)
  return [list, name ?? `(number ${index + 1} of the list)`, ...rest].join('.')
}

function nameAt(value: unknown, index: number): string | undefined {
  if (typeof value !== 'object' || value === null || !('instances' in value)) return undefined
  const instance: unknown = Array.isArray(value.instances) ? value.instances[index] : undefined
  if (typeof instance !== 'object' || instance === null || !('name' in instance)) return undefined
  return typeof instance.name === 'string' && instance.name !== '' ? instance.name : undefined
}
