/** Values that follow a JSON schema of `/openapi.json`, as varied as it allows. */
import fc from 'fast-check'
import * as z from 'zod'
import type { Draw } from './draw.ts'

/** What of JSON Schema the descriptions of our processes use. */
export type Schema = {
  readonly type?: string | readonly string[] | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly anyOf?: readonly Schema[] | undefined
  readonly oneOf?: readonly Schema[] | undefined
  readonly allOf?: readonly Schema[] | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly propertyNames?: Schema | undefined
  readonly additionalProperties?: boolean | Schema | undefined
  readonly items?: Schema | undefined
  readonly pattern?: string | undefined
  readonly format?: string | undefined
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly exclusiveMinimum?: number | undefined
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
}
export const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(Schema).optional(),
    oneOf: z.array(Schema).optional(),
    allOf: z.array(Schema).optional(),
    properties: z.record(z.string(), Schema).optional(),
    required: z.array(z.string()).optional(),
    propertyNames: Schema.optional(),
    additionalProperties: z.union([z.boolean(), Schema]).optional(),
    items: Schema.optional(),
    pattern: z.string().optional(),
    format: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
  }),
)

/** What texts are taken from, so that they mean something to the process that reads them. */
export type Known = {
  readonly names: readonly string[]
  /** Ids, streams and disks that were heard of. */
  readonly uuids: readonly string[]
  readonly urls: readonly string[]
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
}

const PEER_NAME = '^[A-Za-z0-9_-]{1,32}$'
const FORMATS = new Set(['date', 'date-time', 'uri', 'uuid'])

const matching = new Map<string, () => fc.Arbitrary<string>>()
function textMatching(pattern: string, draw: Draw): string {
  let arbitrary = matching.get(pattern)
  if (arbitrary === undefined) {
    const made = fc.stringMatching(new RegExp(pattern), { size: 'xsmall' })
    arbitrary = () => made
    matching.set(pattern, arbitrary)
  }
  return draw.from(arbitrary)
}

const uuid = fc.uuid({ version: 7 })
const day = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
const [Uuid, Day] = [() => uuid, () => day]

export function valid(schema: Schema, { draw, known }: { draw: Draw; known: Known }, field = ''): unknown {
  const inside = (part: Schema, name: string) => valid(part, { draw, known }, name)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return draw.of(schema.enum)
  const choice = draw.of(schema.anyOf ?? schema.oneOf ?? [])
  if (choice !== undefined) return inside(choice, field)
  if (schema.allOf !== undefined)
    return inside(Object.assign({}, ...schema.allOf, { ...schema, allOf: undefined }), field)
  switch (typeof schema.type === 'object' ? draw.of(schema.type) : schema.type) {
    case 'string':
      return text(schema, { draw, known }, field)
    case 'integer':
    case 'number':
      return number(schema, { draw, known }, field)
    case 'boolean':
      return draw.once(2)
    case 'null':
      return null
    case 'array': {
      const { minItems = 0, maxItems = 4 } = schema
      const length = draw.once(300) ? Math.min(maxItems, 300) : Math.min(maxItems, minItems + draw.below(4))
      return Array.from({ length }, () => inside(schema.items ?? {}, field))
    }
    case 'object':
      return object(schema, inside, { draw, known })
    default:
      return draw.json()
  }
}

function object(
  schema: Schema,
  inside: (part: Schema, name: string) => unknown,
  { draw, known }: { draw: Draw; known: Known },
): unknown {
  const entries = Object.entries(schema.properties ?? {})
    .filter(([name]) => schema.required?.includes(name) || draw.once(2))
    .map(([name, part]): [string, unknown] => [name, inside(part, name)])
  const { additionalProperties: more } = schema
  if (typeof more === 'object' && schema.propertyNames !== undefined)
    for (let left = draw.below(4); left > 0; left -= 1)
      entries.push([text(schema.propertyNames, { draw, known }, ''), inside(more, '')])
  return Object.fromEntries(entries)
}

function text(
  { pattern, format, minLength = 0, maxLength }: Schema,
  { draw, known }: { draw: Draw; known: Known },
  field: string,
): string {
  if (format !== undefined && FORMATS.has(format)) {
    if (format === 'uuid') return (draw.once(3) ? draw.of(known.uuids) : undefined) ?? draw.from(Uuid)
    if (format === 'uri') return draw.of(known.urls) ?? ''
    const written = draw.from(Day).toISOString()
    return format === 'date' ? written.slice(0, 10) : written
  }
  if (field === 'host') return draw.of(known.hosts) ?? ''
  if (field === 'origins') return draw.of(known.urls) ?? ''
  if (pattern === PEER_NAME && !draw.once(10)) return draw.of(known.names) ?? ''
  if (pattern !== undefined) return textMatching(pattern, draw)
  const longest = maxLength ?? 200
  if (draw.once(longest > 70_000 ? 100 : 12)) return draw.many('x', draw.once(2) ? longest : minLength)
  return draw.text().slice(0, longest).padEnd(minLength, 'x')
}

function number(
  { type, minimum, exclusiveMinimum, maximum }: Schema,
  { draw, known }: { draw: Draw; known: Known },
  field: string,
): number {
  if (field === 'port') return draw.of(known.ports) ?? 1
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1)
  if (draw.once(8)) return maximum ?? least
  const value = least + draw.below(Math.min(5_000, (maximum ?? least + 5_000) - least + 1))
  return type === 'number' && draw.once(2) && value + 0.5 <= (maximum ?? value + 1) ? value + 0.5 : value
}
