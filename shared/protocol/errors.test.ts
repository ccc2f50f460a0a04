import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import {
  CredentialChange,
  Heartbeat,
  Registration,
  Rollback,
  RoutesAnswer,
  RoutesEvent,
  TableChange,
} from './control.ts'
import { InvalidInputError, OverlayError, parseInput, UnknownPeerError } from './errors.ts'
import { CursorAcknowledgement, ProxyEvent, ReadMark, SignalSubmission, Submission, SubmissionBatch } from './local.ts'
import { Message } from './message.ts'
import { Acknowledgement, Batch } from './overlay.ts'
import { HistoryQuery, MeChange, NewMessage, SearchQuery } from './peer-api.ts'
import { Endpoints } from './route.ts'
import { UsageQuery, UsageReport } from './usage.ts'

const doors: Record<string, z.ZodType> = {
  ...{ UsageQuery, UsageReport },
  ...{ CredentialChange, Heartbeat, Registration, Rollback, RoutesAnswer, RoutesEvent, TableChange },
  ...{ CursorAcknowledgement, ProxyEvent, ReadMark, SignalSubmission, Submission, SubmissionBatch },
  ...{ Message, Acknowledgement, Batch, HistoryQuery, MeChange, NewMessage, SearchQuery, Endpoints },
}

/** Objects that look a little like ours, with keys that have hurt others. */
const key = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'kind',
  'id',
  'message',
  'messages',
  'endpoints',
  'metadata',
  'provider',
  'origins',
  'version',
  'name',
  'toString',
)
const { anything } = fc.letrec(tie => ({
  anything: fc.oneof(
    { depthSize: 'medium' },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('peer', 'openai', 'typing', 'table', 'https://x', 'http://['),
    ),
    fc.array(tie('anything'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('anything')), { maxLength: 5 })
      .map(entries =>
        JSON.parse(`{${entries.map(([name, value]) => `"${name}":${JSON.stringify(value) ?? 'null'}`).join()}}`),
      ),
  ),
}))

test.each(Object.entries(doors))(
  '%s answers whatever comes with a value or an InvalidInputError, and changes no prototype',
  (_, schema) => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort()
    fc.assert(
      fc.property(anything, value => {
        try {
          parseInput(schema, value, { what: 'Cannot use it' })
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError)
          if (error instanceof InvalidInputError)
            expect([error.status, error.toBody().error.message.startsWith('Cannot use it: ')]).toEqual([422, true])
        }
      }),
      { numRuns: 200 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before)
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  },
)

test('invalid input names the field by its dotted path, through unions and the keys of records', () => {
  const fieldOf = (schema: z.ZodType, value: unknown): string | undefined => {
    try {
      parseInput(schema, value, { what: 'x', status: 400 })
      return undefined
    } catch (error) {
      return error instanceof OverlayError ? error.field : 'no expected failure'
    }
  }
  expect(fieldOf(TableChange, { endpoints: { bob: { kind: 'peer', host: 'h', port: 99_999 } } })).toBe(
    'endpoints.bob.port',
  )
  expect(fieldOf(TableChange, { endpoints: { 'not a name': { kind: 'peer', host: 'h', port: 1 } } })).toBe(
    'endpoints.not a name',
  )
  expect(fieldOf(MeChange, { mode: 'sometimes' })).toBe('mode')
  expect(fieldOf(NewMessage, [])).toBe('')
  expect(fieldOf(NewMessage, { message: 'hi' })).toBeUndefined()
})

test('error body has the code and the sentence, and the field only where there is one', () => {
  expect(new UnknownPeerError('joe', ['alice', 'bob']).toBody()).toEqual({
    error: { code: 'unknown_peer', message: 'Cannot find "joe": no peer has that name. Known: alice, bob.' },
  })
  expect(new InvalidInputError({ what: 'Cannot save', field: 'a.b', detail: 'is wrong' }).toBody().error).toEqual({
    code: 'invalid_input',
    message: 'Cannot save: a.b is wrong',
    field: 'a.b',
  })
})

test('length that is an object is refused like any other value that is no text', () => {
  const value = JSON.parse('{"a":{"length":{"toString":null}}}')
  expect(() => parseInput(z.object({ a: z.string().max(5) }), value, { what: 'Cannot use it' })).toThrow(
    InvalidInputError,
  )
})
