import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { deliverable, EVENT_CHARACTERS } from '../../proxy/deliverable.ts'
import { BODY_BYTES } from '../../shared/process/guard.ts'
import { bounded, MOST, WORDS_LENGTH } from '../../shared/protocol/bounds.ts'
import { Marks, ProxyEvent } from '../../shared/protocol/local.ts'
import { MESSAGE_BYTES, METADATA_BYTES } from '../../shared/protocol/message.ts'
import {
  ACKNOWLEDGEMENT_BYTES,
  Acknowledgement,
  BATCH_BYTES,
  BATCH_MESSAGES,
  Batch,
} from '../../shared/protocol/overlay.ts'
import { sampleMessage } from '../harness/samples.ts'

/**
 * Fields whose numbers are not counted across processes: a seed goes to an API as it is, an attempt is a time of the clock on
 * the wall, and a service measures what it likes.
 */
const WIDE = ['seed', 'attempt', 'readings[]']

const folder = join(import.meta.dirname, '../../shared/protocol')
const files = readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const modules = await Promise.all(
  files.map(async (name): Promise<[string, object]> => [name, await import(join(folder, name))]),
)

/** Every schema that a file exports, also those that stand in a plain object, with where it stands. */
function schemasIn(where: string, value: unknown): [string, z.core.$ZodType][] {
  if (value instanceof z.core.$ZodType) return [[where, value]]
  if (typeof value !== 'object' || value === null || value instanceof z.core.$ZodRegistry) return []
  return Object.entries(value).flatMap(([name, inner]) => schemasIn(`${where} ${name}`, inner))
}

const schemas = modules.flatMap(([name, exported]) => schemasIn(name, exported))

/** What of a schema lets through what has no bound: the paths. */
function unbounded(schema: z.core.$ZodType, path: string, seen = new Set<z.core.$ZodType>()): string[] {
  if (seen.has(schema)) return []
  seen.add(schema)
  const at = (inner: z.core.$ZodType, more: string) => unbounded(inner, path + more, seen)
  const red = (isBounded: boolean, kind: string) => (isBounded ? [] : [`${path} (${kind})`])
  const isRegistered = bounded.get(schema) !== undefined
  if (schema instanceof z.core.$ZodString) return red(isRegistered || isShort(schema), 'text')
  if (schema instanceof z.core.$ZodNumber) return red(isCapped(schema, path), 'number')
  if (schema instanceof z.core.$ZodUnknown) return red(isRegistered, 'anything')
  if (schema instanceof z.core.$ZodArray)
    return [...red(limits(schema, 'max_length').length > 0, 'list'), ...at(schema._zod.def.element, '[]')]
  if (schema instanceof z.core.$ZodRecord) {
    const { keyType, valueType } = schema._zod.def
    return [...red(isRegistered, 'record'), ...at(keyType, ' (key)'), ...at(valueType, '{}')]
  }
  if (schema instanceof z.core.$ZodTuple) return schema._zod.def.items.flatMap((item, index) => at(item, `[${index}]`))
  if (schema instanceof z.core.$ZodObject) {
    const { shape, catchall } = schema._zod.def
    const fields = Object.entries(shape).flatMap(([name, field]) => at(field, `.${name}`))
    return catchall === undefined ? fields : [...fields, ...at(catchall, '.*')]
  }
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.flatMap(option => at(option, ''))
  if (schema instanceof z.core.$ZodPipe) return [...at(schema._zod.def.in, ''), ...at(schema._zod.def.out, '')]
  if ('innerType' in schema._zod.def && schema._zod.def.innerType instanceof z.core.$ZodType)
    return at(schema._zod.def.innerType, '')
  const closed = [z.core.$ZodEnum, z.core.$ZodLiteral, z.core.$ZodBoolean, z.core.$ZodNever, z.core.$ZodTransform]
  return red(
    closed.some(kind => schema instanceof kind),
    schema._zod.def.type,
  )
}

/** The values of the checks of one kind that a schema has. */
function limits({ _zod: { def } }: z.core.$ZodType, kind: string): unknown[] {
  return (def.checks ?? []).flatMap(({ _zod: { def: check } }) => {
    if (check.check !== kind) return []
    if ('maximum' in check) return [check.maximum]
    return 'value' in check ? [check.value] : []
  })
}

/** A format or pattern that repeats nothing without an end bounds a text by itself. */
function isShort(schema: z.core.$ZodString): boolean {
  const ofChecks = (schema._zod.def.checks ?? []).flatMap(check =>
    'pattern' in check._zod.def && check._zod.def.pattern instanceof RegExp ? [check._zod.def.pattern] : [],
  )
  const ofFormat =
    'pattern' in schema._zod.def && schema._zod.def.pattern instanceof RegExp ? [schema._zod.def.pattern] : []
  const isEnded = ({ source }: RegExp) =>
    source.startsWith('^') &&
    source.endsWith('$') &&
    !/[*+]|\{\d+,\}/.test(source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, ''))
  return limits(schema, 'max_length').length > 0 || [...ofChecks, ...ofFormat].some(isEnded)
}

function isCapped(schema: z.core.$ZodNumber, path: string): boolean {
  const most = limits(schema, 'less_than').map(Number)
  const least = limits(schema, 'greater_than').map(Number)
  const isWide = WIDE.some(field => path.endsWith(`.${field}`))
  const cap = isWide ? Number.MAX_VALUE : MOST
  return most.some(value => value <= cap) && least.some(value => value >= -cap)
}

test('the protocol has its schemas where this test looks for them', () => {
  expect(schemas.length).toBeGreaterThan(80)
  const names = schemas.map(([where]) => where)
  for (const one of ['message.ts Message', 'overlay.ts Batch', 'peer-api.ts PeerEvents delta', 'errors.ts ErrorBody'])
    expect(names).toContain(one)
})

test.each(schemas)('%s lets through no text, list, record or number without a bound', (where, schema) => {
  expect(unbounded(schema, where)).toEqual([])
})

test.each([
  ['a text', z.object({ a: z.string() })],
  ['a text with an open pattern', z.object({ a: z.string().regex(/^\d+$/) })],
  ['a text with a pattern that has no end', z.object({ a: z.string().regex(/^\d/) })],
  ['a time', z.object({ a: z.iso.datetime() })],
  ['an address', z.object({ a: z.url().optional() })],
  ['a whole number', z.object({ a: z.int().positive() })],
  ['a number without a lower bound', z.array(z.number().max(1)).max(2)],
  [
    'a number above the cap',
    z
      .int()
      .nonnegative()
      .max(MOST + 1),
  ],
  ['a list', z.union([z.literal('a'), z.array(z.literal('b'))])],
  ['a record', z.record(z.enum(['a']), z.literal(1)).nullable()],
  ['a loose object', z.looseObject({ a: z.literal(1) })],
  ['anything', z.object({ a: z.unknown() }).catch({ a: 1 })],
])('%s without a bound is found', (_, schema) => {
  expect(unbounded(schema, '')).toHaveLength(1)
})

/** Each of these is six characters of JSON. */
const worst = (length: number) => '\u0001'.repeat(length)
const ID = '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11'
const marks = { stream: ID, received: MOST, read: MOST }
const name = 'n'.repeat(32)
const presence = {
  kind: 'service' as const,
  online: true,
  commands: Array.from({ length: 50 }, () => worst(100)),
  displayName: '😀'.repeat(32),
}
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

test('the largest acknowledgement is no more than its reader takes', () => {
  const refused = Array.from({ length: BATCH_MESSAGES }, () => ({
    sequence: MOST,
    reason: worst(5_000_000 / BATCH_MESSAGES),
  }))
  const largest = { continues: true, acknowledged: MOST, refused, receipts: marks, presence }
  expect(bytes(Acknowledgement.parse(largest))).toBeLessThan(ACKNOWLEDGEMENT_BYTES)
  expect(
    Acknowledgement.parse({ ...largest, refused: [{ sequence: 1, reason: worst(5_000_000) }] }).refused[0]?.reason,
  ).toHaveLength(500)
  expect(Acknowledgement.safeParse({ ...largest, refused: [...refused, ...refused] }).success).toBe(false)
})

test('the largest batch that a proxy makes is no more than another one takes', () => {
  const large = sampleMessage({
    ...{ sender: name, destination: name },
    message: worst(MESSAGE_BYTES),
    metadata: { note: 'x'.repeat(METADATA_BYTES - 20) },
  })
  const delta = { id: ID, replyTo: ID, offset: 0, text: worst(256 * 1024) }
  const batch = Batch.parse({
    ...{ from: name, to: name, stream: ID, begin: MOST, oldest: MOST, presence },
    messages: [{ sequence: MOST, message: large, stored: true }],
    receipts: Array.from({ length: 16 }, () => marks),
    signals: [
      { kind: 'delta', delta },
      ...Array.from({ length: 255 }, () => ({ kind: 'stop', replyTo: ID, why: 'message_full' })),
    ],
  })
  // Of many messages no more than BATCH_BYTES go at once.
  expect(Math.max(bytes(batch), bytes({ ...batch, messages: [] }) + BATCH_BYTES)).toBeLessThan(BODY_BYTES)
})

test('the largest kept event fits into the stream, and so do the largest words', () => {
  const message = sampleMessage({ message: worst(20_000_000) })
  const kept = deliverable(JSON.stringify({ kind: 'message', stored: false, message }))
  expect(kept.length).toBeLessThan(EVENT_CHARACTERS)
  const failed = { kind: 'failed', cursor: MOST, id: ID, destination: name, cancelled: false, reason: worst(5_000_000) }
  expect(ProxyEvent.parse(failed)).toMatchObject({ reason: expect.stringMatching(/…$/) })
  expect(bytes(ProxyEvent.parse(failed))).toBeLessThan(7 * WORDS_LENGTH)
  expect(Marks.safeParse({ ...marks, delivered: MOST + 1 }).success).toBe(false)
})
